"""The state that travels along the graph's edges; ``turns`` is the record of what happened."""

import hashlib
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

from langchain_core.messages import AnyMessage, HumanMessage
from langgraph.graph.message import add_messages
from pydantic import TypeAdapter
from typing_extensions import TypedDict

from codesteer.errors import ConfigurationError
from codesteer.guides.decision import Attempt, Decision
from codesteer.models.usage import UsageByRole, add_usage

STATE_VERSION = 3
"""Goes up when a run recorded before cannot be read or continued any more."""
_DECISION = TypeAdapter(Decision)
Outcome = Literal["returned", "terminated", "turn_limit", "budget_spent", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn(Attempt):
    """One finished or unfinished round: an attempt with its number and what it cost."""

    number: int
    """1 for the first turn of a question."""
    usage: UsageByRole = field(default_factory=dict)
    seconds: float = 0.0
    """Time spent working, the guide's included; waiting for a person does not count."""


TurnUpdate = Turn | Mapping[str, Any]
"""A new turn, or a known one's ``number`` and the fields that changed."""


def merge_turns(left: Sequence[Turn], right: Sequence[TurnUpdate]) -> list[Turn]:
    """Merge what nodes that ran side by side found out about the turns under way; ordered by number."""
    turns = {turn.number: turn for turn in left}
    for update in right:
        if isinstance(update, Turn):
            turns[update.number] = update
        else:
            turns[update["number"]] = replace(turns[update["number"]], **update)
    return [turns[number] for number in sorted(turns)]


class InputState(TypedDict):
    """What a caller gives: a conversation whose last human message is the question."""

    messages: Annotated[list[AnyMessage], add_messages]


def _newer(old: Decision, new: Decision | dict[str, Any]) -> Decision:
    """Take the new decision; a person or program that changes a kept run through a server sends it as plain JSON."""
    del old
    return _DECISION.validate_python(new)


class OutputState(InputState, total=False):
    """What a caller gets; the final answer is also the last message."""

    answer: str
    outcome: Outcome | None
    """None while the run is under way."""
    turns: Annotated[list[Turn], operator.add]
    decision: Annotated[Decision, _newer]
    usage: Annotated[UsageByRole, add_usage]


class State(OutputState, total=False):
    """Everything that the nodes share."""

    state_version: int
    """The ``STATE_VERSION`` under which the record of this question began."""
    question_key: str
    """The question that ``turns`` belong to; see ``question_key``."""
    current: Annotated[list[Turn], merge_turns]
    """The turns under way: one, or the candidates of a wave; ``record`` adds them to ``turns``."""
    candidate: int
    """Only in what a writing node is sent: which candidate of the wave is its own, from 0."""
    stop_reason: Outcome | None
    """Why the run is to end, where a node found a reason."""
    failure: str
    """The error behind the outcome ``failed``."""


def require_current(state: State) -> None:
    """Make sure that a recorded run is of this version; raises ConfigurationError if it is not."""
    found = state.get("state_version", STATE_VERSION)
    if found != STATE_VERSION:
        raise ConfigurationError(
            f"this run was recorded by another version of codesteer (its state has version {found}, this is "
            f"{STATE_VERSION}): ask the question again on a new thread, or use the version that recorded it"
        )


def question_message(state: State) -> HumanMessage:
    """Return the last human message; raises ConfigurationError if there is none, or it is not just text."""
    for message in reversed(state["messages"]):
        if isinstance(message, HumanMessage):
            if other := {block["type"] for block in message.content_blocks} - {"text"}:
                raise ConfigurationError(f"the question holds {', '.join(other)}; only text can be asked")
            if not message.text.strip():
                break
            return message
    raise ConfigurationError("the question is empty; give a message with text")


def question_key(question: HumanMessage) -> str:
    """Return what tells one question on a thread from another: the message's id and its text.

    Another message with the same words is another question, and so is the same message with other words.
    """
    digest = hashlib.sha256(question.text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{question.id}:{digest[:16]}"


def is_answered(state: State) -> bool:
    """True if the record is finished; a failed run is not: asked again, it resumes."""
    return state.get("outcome") not in (None, "failed")


def history(state: State) -> list[AnyMessage]:
    """Return the conversation before the question."""
    question = question_message(state)
    messages = state["messages"]
    return messages[: next(i for i, m in enumerate(messages) if m is question)]
