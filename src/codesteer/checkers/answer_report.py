"""The report on a proposed answer (paper, section 3.3)."""

from dataclasses import dataclass
from enum import StrEnum

from codesteer.ranges import Count
from codesteer.sandboxes.execution import ExecutionResult

__all__ = ["AnswerReport", "Verdict"]


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
    """The check that the verdict comes from: a program that defines ``is_correct``."""
    execution: ExecutionResult | None = None
    """What calling it with the answer, its mutants and the run's other answers gave."""
    mutants: Count = 0
    """Mutants of the answer that the check was tested on."""
    mutants_accepted: Count = 0
    programs_tried: Count = 0
    """Number of checks."""


def unclear(reason: str) -> AnswerReport:
    """Return a report without a verdict either way."""
    return AnswerReport(verdict=Verdict.UNCLEAR, reason=reason)
