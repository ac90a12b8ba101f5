"""Asking a person before something happens; the person's answer is a plain value, as Studio sends it."""

from dataclasses import dataclass
from typing import Any, Literal

from langgraph.types import interrupt

APPROVALS = frozenset({"approve", "approved", "yes", "y", "ok"})
REJECTIONS = frozenset({"reject", "rejected", "no", "n"})


@dataclass(frozen=True, slots=True)
class Review:
    """What a person decided."""

    kind: Literal["approve", "edit", "reject"]
    text: str = ""
    """The edited text, or the reason of a rejection."""


def review(subject: Literal["guidance", "code"], text: str) -> Review:
    """Stop the run until a person answers; an answer of the wrong form is asked for again.

    Accepted are ``"approve"``, ``"reject"``, ``{"type": "edit", "text": …}`` and
    ``{"type": "reject", "reason": …}``. The node starts anew on resuming: call this before anything else.
    """
    question: dict[str, Any] = {
        "review": subject,
        "text": text,
        "answers": ["approve", "reject", {"type": "edit", "text": "…"}, {"type": "reject", "reason": "…"}],
    }
    while True:
        answer = read_review(interrupt(question))
        if answer is not None:
            return answer
        question = {**question, "error": "that answer has none of the accepted forms"}


def read_review(value: Any) -> Review | None:
    """Read a person's answer; None if it has none of the accepted forms."""
    if value is True:
        return Review("approve")
    if isinstance(value, str):
        return _read_word(value.strip().lower())
    if not isinstance(value, dict):
        return None
    match value:
        case {"type": "approve"}:
            return Review("approve")
        case {"type": "edit", "text": str(text)} if text.strip():
            return Review("edit", text)
        case {"type": "reject"}:
            return Review("reject", str(value.get("reason", "")))
    return None


def _read_word(word: str) -> Review | None:
    if word in APPROVALS:
        return Review("approve")
    return Review("reject") if word in REJECTIONS else None
