"""The graph's state; ``turns`` is the record of what happened."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Annotated, Any, Literal, cast

from langchain_core.messages import AnyMessage, HumanMessage
from langgraph.graph.message import add_messages
from typing_extensions import TypedDict

from codesteer.errors import ConfigurationError
from codesteer.experience.recall import Recall
from codesteer.graph.answer_ids import is_answer_to
from codesteer.guides.attempt import Attempt
from codesteer.guides.decision import Decision
from codesteer.models.message_text import joined_text
from codesteer.models.usage import Usage, UsageByRole

STATE_VERSION = 7
"""Increased whenever runs recorded before can no longer be read or continued."""
Json = dict[str, Any]
USAGE_FIELDS = tuple(field.name for field in fields(Usage))
Outcome = Literal["returned", "terminated", "turn_limit", "budget_spent", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn(Attempt):
    """One round of the run: an attempt with its number and what it cost."""

    number: int
    """1 for the first turn of a question."""
    usage: UsageByRole = field(default_factory=dict)
    seconds: float = 0.0
    """Time spent working, including the guide's; waiting for a person does not count."""


def own_turns(turns: Sequence[Turn]) -> list[Turn]:
    """Return the turns of the task model, without that of a remembered program."""
    return [turn for turn in turns if turn.recalled is None]


def recalled_turn(turns: Sequence[Turn]) -> Turn | None:
    """Return the turn of a remembered program; None without one."""
    return next((turn for turn in turns if turn.recalled is not None), None)


class InputState(TypedDict):
    """The graph's input: a conversation whose last human message is the question."""

    messages: Annotated[list[AnyMessage], add_messages]


class State(InputState, total=False):
    """The whole state as nodes see it; ``read_state`` creates it from ``StoredState``."""

    answer: str
    outcome: Outcome | None
    turns: list[Turn]
    decision: Decision
    usage: UsageByRole
    current: list[Turn]
    experience: Recall
    candidate: int
    state_version: int
    question_key: str
    settings: Json
    stop_reason: Outcome | None
    failure: str


SPENT = "spent"
"""In a node's update of a turn: the seconds and the usage by role that it adds to the turn's."""


def add_turns(left: Sequence[Json], right: Sequence[Json] | None) -> list[Json]:
    """Append turns to the record; None empties it."""
    return [] if right is None else [*left, *right]


def merge_turns(left: Sequence[Json], right: Sequence[Json] | None) -> list[Json]:
    """Merge parallel nodes' updates of the current turns, ordered by number; None removes them all.

    Reports are collected, and what nodes ``SPENT`` is added up; of any other field, the last value counts.
    """
    if right is None:
        return []
    turns = {turn["number"]: turn for turn in left}
    for update in right:
        turns[update["number"]] = _merge_turn(turns.get(update["number"], {}), update)
    return [turns[number] for number in sorted(turns)]


def _merge_turn(before: Json, update: Json) -> Json:
    spent = update.get(SPENT, {})
    merged = {**before, **{name: value for name, value in update.items() if name != SPENT}}
    merged["reports"] = {**before.get("reports", {}), **update.get("reports", {})}
    if spent:
        merged["seconds"] = merged.get("seconds", 0.0) + spent["seconds"]
        merged["usage"] = merge_usage(merged.get("usage", {}), spent["usage"])
    return merged


def merge_usage(left: Mapping[str, Json], right: Mapping[str, Json] | None) -> dict[str, Json]:
    """Add up usage by role; None sets it to nothing."""
    if right is None:
        return {}
    return {
        role: {key: left.get(role, {}).get(key, 0) + right.get(role, {}).get(key, 0) for key in USAGE_FIELDS}
        for role in {**left, **right}
    }


def last_value(before: Any, after: Any) -> Any:
    """Return the last value that parallel nodes wrote."""
    del before
    return after


class OutputState(InputState, total=False):
    """The graph's output, as plain JSON; the final answer is also the last message."""

    answer: str
    outcome: Outcome | None
    """None until the run ends."""
    turns: Annotated[list[Json], add_turns]
    """The record, as JSON of ``Turn``."""
    decision: Json
    """The guide's last decision, as JSON of ``Decision``."""
    usage: Annotated[dict[str, Json], merge_usage]
    """What was spent, by role, as JSON of ``Usage``."""
    experience: Json
    """What the run was given from earlier ones, and what it added, as JSON of ``Recall``; empty without."""


class StoredState(OutputState, total=False):
    """The whole state as checkpoints store it: plain JSON values, and messages."""

    state_version: int
    """The ``STATE_VERSION`` with which this question's record began."""
    question_key: str
    """The question that ``turns`` belong to; see ``question_key``."""
    settings: Json
    """The settings that the question's run began with, as JSON of ``Context``: a resumed run keeps them."""
    current: Annotated[list[Json], merge_turns]
    """The unfinished turns: one, or the candidates of a wave; ``record`` adds them to ``turns``."""
    candidate: int
    """Index of the candidate that a writing node works on, from 0; only in what ``Send`` passes to it."""
    stop_reason: Annotated[Outcome | None, last_value]
    """Why the run has to end, if a node found a reason."""
    failure: Annotated[str, last_value]
    """The error behind the outcome ``failed``."""


def require_state_version(state: Mapping[str, Any]) -> None:
    """Raise ConfigurationError if another version of codesteer recorded the run."""
    found = state.get("state_version", STATE_VERSION)
    if found != STATE_VERSION:
        raise ConfigurationError(
            f"another version of codesteer recorded this run (state version {found}, expected {STATE_VERSION}): "
            "ask the question again on a new thread, or use the version that recorded it"
        )


def require_own_question(state: Mapping[str, Any]) -> None:
    """Raise ConfigurationError if the turns recorded so far belong to another question than the conversation's last.

    Somebody has added, changed or removed a message while the question's run was unfinished.
    """
    if "question_key" in state and not has_record_of_question(state):
        raise ConfigurationError(
            "the question changed while its run was unfinished, so the run cannot go on; do not resume it, but run "
            'the graph on the conversation as it is now: with a thread, {"messages": []} is enough as input'
        )


FILE_BLOCKS = frozenset({"file", "text-plain"})
QUESTION_BLOCKS = FILE_BLOCKS | {"text"}


def content_blocks(message: HumanMessage) -> list[Json]:
    """Return a message's content as LangChain's standard blocks; raises ConfigurationError for malformed blocks."""
    try:
        return cast(list[Json], message.content_blocks)
    except (AttributeError, KeyError, TypeError, ValueError) as error:  # LangChain reads blocks as they come
        raise ConfigurationError(f"the message has a malformed content block ({error!r})") from error


def _kind(block: Json) -> str:
    """Return a block's type, as its sender named it: LangChain wraps those that it does not know."""
    wrapped = block.get("value") if block["type"] == "non_standard" else None
    return (
        str(wrapped.get("type") or "a block without a type") if isinstance(wrapped, dict) else block["type"]
    )


def question_message(state: State) -> HumanMessage:
    """Return the last human message; raises ConfigurationError if it is missing, or more than text and files."""
    message = last_human_message(state)
    if message and (other := {_kind(block) for block in content_blocks(message)} - QUESTION_BLOCKS):
        raise ConfigurationError(
            f"the question contains {', '.join(sorted(other))}; only text and files are supported"
        )
    if message is None or not message.text.strip():
        raise ConfigurationError("the question is empty; send a message with text")
    return message


def last_human_message(state: Mapping[str, Any]) -> HumanMessage | None:
    """Return the last human message, whether or not it can be the question."""
    messages = reversed(state.get("messages", []))
    return next((message for message in messages if isinstance(message, HumanMessage)), None)


def bare_question(state: State) -> str:
    """Return the text of the last human message alone, without what there is to know about its files.

    Raises:
        ConfigurationError: as ``question_message`` does.
    """
    return joined_text(question_message(state))


def question_key(question: HumanMessage) -> str:
    """Return a key that identifies a question on a thread, from the message's id, text and files.

    Another message with the same text is another question, and so is the same message with another text or file.
    """
    files = [
        {
            name: value for name, value in block.items() if name != "id"
        }  # LangChain makes up another one each time
        for block in content_blocks(question)
        if block["type"] in FILE_BLOCKS
    ]
    text = joined_text(question) + (json.dumps(files, sort_keys=True) if files else "")
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{question.id}:{digest[:16]}"


def is_answered(state: Mapping[str, Any]) -> bool:
    """Return whether the question's run has finished, and its answer was not removed, as for another try."""
    question = last_human_message(state)
    if question is None or not is_finished(state):
        return False
    return any(is_answer_to(message, question) for message in state["messages"])


def is_finished(state: Mapping[str, Any]) -> bool:
    """Return whether the question's run has finished; a failed run has not, because it can resume."""
    return state.get("outcome") not in (None, "failed")


def has_record_of_question(state: Mapping[str, Any]) -> bool:
    """Return whether ``turns`` belong to the last question; a new question's run begins with the turns before it.

    A question that was refused has no record.
    """
    try:
        question = question_message(cast(State, state))
        return state.get("question_key") == question_key(question)
    except ConfigurationError:
        return False
