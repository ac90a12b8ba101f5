"""The self-answer checker's verdict, read from what its checking program printed (paper, section 3.3)."""

import re
from dataclasses import dataclass
from enum import StrEnum

from codesteer.replies.lines import normalize_newlines
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus

VERDICT_LINE = re.compile(r"^[^\w\n]*+(CONFIRMED|REFUTED|UNCLEAR)\b(?P<reason>[^\n]*+)", re.MULTILINE)
AROUND = " \t:.,;-–—*_!|`"
LINE_LENGTH, REASON_LENGTH = 10_000, 300


class Verdict(StrEnum):
    """What a check of an answer came to."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerReport:
    """The self-answer checker's report on one proposed answer."""

    verdict: Verdict
    reason: str
    """The violated constraint where refuted; why nothing can be said where unclear."""
    program: str | None = None
    """The last checking program that was run."""
    execution: ExecutionResult | None = None
    """What that program gave."""
    programs_tried: int = 0


def unclear(reason: str) -> AnswerReport:
    """Return a report without a verdict either way."""
    return AnswerReport(verdict=Verdict.UNCLEAR, reason=reason)


def read_verdict(execution: ExecutionResult) -> AnswerReport:
    """Read the verdict of a checking program from its output.

    The last line that starts with a verdict word counts. A program that crashed, ran out of its limits, printed
    no verdict, or printed both verdicts proves nothing: that is ``unclear``, never ``refuted``.
    """
    if execution.status is not ExecutionStatus.OK:
        return unclear(f"the checking program ended with status {execution.status}")
    matches = list(VERDICT_LINE.finditer(normalize_newlines(execution.stdout)))
    if not matches:
        return unclear("the checking program printed no verdict")
    if len({found[1] for found in matches}) > 1:
        return unclear("the checking program contradicted itself")
    verdict, reason = Verdict(matches[-1][1].lower()), matches[-1]["reason"][:LINE_LENGTH].strip(AROUND)
    if verdict is Verdict.REFUTED and not reason:
        reason = "a constraint that the checking program did not name"
    return AnswerReport(verdict=verdict, reason=reason[:REASON_LENGTH])
