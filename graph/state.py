"""The state that travels along the graph's edges; ``turns`` is the record of what happened."""

import hashlib
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Annotated, Any, Literal

from langchain_core.messages import AnyMessage, HumanMessage
from langgraph.graph.message import add_messages
from typing_extensions import TypedDict

from codesteer.errors import ConfigurationError
from codesteer.guides.decision import Attempt, Decision
from codesteer.models.usage import Usage, UsageByRole

STATE_VERSION = 4
"""Goes up when a run recorded before cannot be read or continued any more."""
Json = dict[str, Any]
USAGE_FIELDS = tuple(field.name for field in fields(Usage))
Outcome = Literal["returned", "terminated", "turn_limit", "budget_spent", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn(Attempt):
    """One finished or unfinished round: an attempt with its number and what it cost."""

    number: int
    """1 for the first turn of a question."""
    usage: UsageByRole = field(default_factory=dict)
    seconds: float = 0.0
    """Time spent working, the guide's included; waiting for a person does not count."""


class InputState(TypedDict):
    """What a caller gives: a conversation whose last human message is the question."""

    messages: Annotated[list[AnyMessage], add_messages]


class State(InputState, total=False):
    """Everything that the nodes share, as they see it: ``read_state`` makes it from ``StoredState``."""

    answer: str
    outcome: Outcome | None
    turns: list[Turn]
    decision: Decision
    usage: UsageByRole
    current: list[Turn]
    candidate: int
    state_version: int
    question_key: str
    stop_reason: Outcome | None
    failure: str


def merge_turns(left: Sequence[Json], right: Sequence[Json]) -> list[Json]:
    """Merge what nodes that ran side by side found out about the turns under way; ordered by number."""
    turns = {turn["number"]: turn for turn in left}
    for update in right:
        before = turns.get(update["number"], {})
        reports = {**before.get("reports", {}), **update.get("reports", {})}
        turns[update["number"]] = {**before, **update, "reports": reports}
    return [turns[number] for number in sorted(turns)]


def merge_usage(left: Mapping[str, Json], right: Mapping[str, Json]) -> dict[str, Json]:
    """Add two accounts role by role."""
    return {
        role: {key: left.get(role, {}).get(key, 0) + right.get(role, {}).get(key, 0) for key in USAGE_FIELDS}
        for role in {**left, **right}
    }


def latest(before: Any, after: Any) -> Any:
    """Keep the value that was written last, where nodes that ran side by side write one each."""
    del before
    return after


class OutputState(InputState, total=False):
    """What a caller gets, as plain JSON; the final answer is also the last message."""

    answer: str
    outcome: Outcome | None
    """None while the run is under way."""
    turns: Annotated[list[Json], operator.add]
    """The record; each is a ``Turn``."""
    decision: Json
    """The last ``Decision`` of the guide."""
    usage: Annotated[dict[str, Json], merge_usage]
    """What was spent, by role; each is a ``Usage``."""


class StoredState(OutputState, total=False):
    """The whole state as checkpoints hold it: plain JSON values, and messages."""

    state_version: int
    """The ``STATE_VERSION`` under which the record of this question began."""
    question_key: str
    """The question that ``turns`` belong to; see ``question_key``."""
    current: Annotated[list[Json], merge_turns]
    """The turns under way: one, or the candidates of a wave; ``record`` adds them to ``turns``."""
    candidate: int
    """Only in what a writing node is sent: which candidate of the wave is its own, from 0."""
    stop_reason: Annotated[Outcome | None, latest]
    """Why the run is to end, where a node found a reason."""
    failure: Annotated[str, latest]
    """The error behind the outcome ``failed``."""


def require_current(state: Mapping[str, Any]) -> None:
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


def is_answered(state: Mapping[str, Any]) -> bool:
    """True if the record is finished; a failed run is not: asked again, it resumes."""
    return state.get("outcome") not in (None, "failed")


def history(state: State) -> list[AnyMessage]:
    """Return the conversation before the question."""
    question = question_message(state)
    messages = state["messages"]
    return messages[: next(i for i, m in enumerate(messages) if m is question)]
