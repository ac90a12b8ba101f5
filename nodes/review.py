"""Interrupt a run for human review, in the schema of LangChain's ``HumanInTheLoopMiddleware``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from langgraph.types import interrupt

APPROVALS = frozenset({"approve", "approved", "accept", "yes", "y", "ok"})
REJECTIONS = frozenset({"reject", "rejected", "ignore", "no", "n"})
RESPONSES = frozenset({"respond", "response"})


@dataclass(frozen=True, slots=True)
class ReviewAction:
    """An action that a person reviews."""

    name: str
    argument: str
    """The argument that contains the reviewed text."""
    description: str


SEND_GUIDANCE = ReviewAction(
    "send_guidance", "guidance", "This guidance is about to be sent to the task model."
)
RUN_PROGRAM = ReviewAction("run_program", "program", "This program is about to run in the sandbox.")


@dataclass(frozen=True, slots=True)
class ReviewDecision:
    """A person's decision on one text."""

    kind: Literal["approve", "edit", "reject"]
    text: str = ""
    """The edited text, or the reason for a rejection."""


def request_review(action: ReviewAction, texts: Sequence[str]) -> list[ReviewDecision]:
    """Interrupt the run until a person has decided on each text; repeat the request if the response is invalid.

    The interrupt is a ``HITLRequest`` with one action per text. The response is its ``{"decisions": [...]}``, or one
    of the short forms ``"approve"``, ``"reject"``, ``{"type": "edit", "text": …}`` and
    ``{"type": "reject", "reason": …}``. On resuming, LangGraph runs the whole node again: call this first in a node.
    """
    if not texts:
        return []
    request: dict[str, Any] = {
        "action_requests": [
            {"name": action.name, "args": {action.argument: text}, "description": action.description}
            for text in texts
        ],
        "review_configs": [{"action_name": action.name, "allowed_decisions": ["approve", "edit", "reject"]}],
    }
    while True:
        decisions = parse_reviews(interrupt(request), action, len(texts))
        if decisions is not None:
            return decisions
        request = {**request, "error": "the response has none of the accepted forms"}


def parse_reviews(value: Any, action: ReviewAction, count: int) -> list[ReviewDecision] | None:
    """Parse a response into one decision per text; None if it has none of the accepted forms."""
    entries = value.get("decisions") if isinstance(value, Mapping) and "decisions" in value else value
    if not isinstance(entries, list):
        single = _parse_review(entries, action)
        valid_for_all = single is not None and (count == 1 or single.kind != "edit")
        return [single] * count if single is not None and valid_for_all else None
    reviews = [_parse_review(entry, action) for entry in entries]
    valid = [review for review in reviews if review is not None]
    return valid if len(valid) == len(reviews) == count else None


def _parse_review(value: Any, action: ReviewAction) -> ReviewDecision | None:
    if value is True:
        return ReviewDecision("approve")
    if isinstance(value, str):
        return _review_of_type(value.strip().lower(), {}, action)
    if isinstance(value, Mapping) and isinstance(value.get("type"), str):
        return _review_of_type(value["type"].strip().lower(), value, action)
    return None


def _review_of_type(kind: str, fields: Mapping[str, Any], action: ReviewAction) -> ReviewDecision | None:
    if kind in APPROVALS:
        return ReviewDecision("approve")
    if kind in REJECTIONS | RESPONSES:
        reason = next((fields[key] for key in ("message", "reason", "args") if fields.get(key)), "")
        return ReviewDecision("reject", str(reason))
    text = _edited_text(fields, action) if kind == "edit" else ""
    return ReviewDecision("edit", text) if text.strip() else None


def _edited_text(fields: Mapping[str, Any], action: ReviewAction) -> str:
    """Return the text of an edit: given directly, or as the argument of the edited action."""
    edited = fields.get("edited_action") or fields.get("args")
    arguments = edited.get("args") if isinstance(edited, Mapping) else None
    text = arguments.get(action.argument) if isinstance(arguments, Mapping) else fields.get("text")
    return text if isinstance(text, str) else ""
