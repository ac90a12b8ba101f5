"""Asking a person before something happens, in the schema of LangChain's ``HumanInTheLoopMiddleware``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from langgraph.types import interrupt

APPROVALS = frozenset({"approve", "approved", "accept", "yes", "y", "ok"})
REJECTIONS = frozenset({"reject", "rejected", "ignore", "no", "n"})
FEEDBACK = frozenset({"respond", "response"})


@dataclass(frozen=True, slots=True)
class Subject:
    """What a person is asked about."""

    action: str
    """Its name in the request."""
    argument: str
    """The argument that holds the text."""
    description: str


GUIDANCE = Subject("send_guidance", "guidance", "This guidance is about to be sent to the task model.")
PROGRAM = Subject("run_program", "program", "This program is about to run in the sandbox.")


@dataclass(frozen=True, slots=True)
class Review:
    """What a person decided on one text."""

    kind: Literal["approve", "edit", "reject"]
    text: str = ""
    """The edited text, or the reason of a rejection."""


def review(subject: Subject, texts: Sequence[str]) -> list[Review]:
    """Stop the run until a person has decided on each text; an answer of the wrong form is asked for again.

    The interrupt is a ``HITLRequest`` with one action for each text. Accepted are its ``{"decisions": [...]}``, and for
    short ``"approve"``, ``"reject"``, ``{"type": "edit", "text": …}`` and ``{"type": "reject", "reason": …}``. The node
    starts anew on resuming: call this before anything else.
    """
    if not texts:
        return []
    request: dict[str, Any] = {
        "action_requests": [
            {"name": subject.action, "args": {subject.argument: text}, "description": subject.description}
            for text in texts
        ],
        "review_configs": [
            {"action_name": subject.action, "allowed_decisions": ["approve", "edit", "reject"]}
        ],
    }
    while True:
        decisions = read_reviews(interrupt(request), subject, len(texts))
        if decisions is not None:
            return decisions
        request = {**request, "error": "that answer has none of the accepted forms"}


def read_reviews(value: Any, subject: Subject, number: int) -> list[Review] | None:
    """Read a person's answer, a decision for each text; None if it has none of the accepted forms."""
    given = value.get("decisions") if isinstance(value, Mapping) and "decisions" in value else value
    if not isinstance(given, list):
        one = _read(given, subject)
        for_all = one is not None and (number == 1 or one.kind != "edit")
        return [one] * number if one is not None and for_all else None
    reviews = [_read(decision, subject) for decision in given]
    whole = [one for one in reviews if one is not None]
    return whole if len(whole) == len(reviews) == number else None


def _read(value: Any, subject: Subject) -> Review | None:
    if value is True:
        return Review("approve")
    if isinstance(value, str):
        return _of_kind(value.strip().lower(), {}, subject)
    if isinstance(value, Mapping) and isinstance(value.get("type"), str):
        return _of_kind(value["type"].strip().lower(), value, subject)
    return None


def _of_kind(kind: str, fields: Mapping[str, Any], subject: Subject) -> Review | None:
    if kind in APPROVALS:
        return Review("approve")
    if kind in REJECTIONS | FEEDBACK:
        said = next((fields[key] for key in ("message", "reason", "args") if fields.get(key)), "")
        return Review("reject", str(said))
    text = _edited(fields, subject) if kind == "edit" else ""
    return Review("edit", text) if text.strip() else None


def _edited(fields: Mapping[str, Any], subject: Subject) -> str:
    """The text in an edit: plain, or the argument of the edited action."""
    action = fields.get("edited_action") or fields.get("args")
    arguments = action.get("args") if isinstance(action, Mapping) else None
    text = arguments.get(subject.argument) if isinstance(arguments, Mapping) else fields.get("text")
    return text if isinstance(text, str) else ""
