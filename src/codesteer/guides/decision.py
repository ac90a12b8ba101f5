"""A guide's decision: what the task model does next."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self

from codesteer.models.usage import Usage
from codesteer.ranges import Count

__all__ = ["Action", "Decision", "Mode", "Plan"]


class Mode(StrEnum):
    """How the task model is asked to answer."""

    TEXT = "text"
    CODE = "code"


class Action(StrEnum):
    """What a guide can decide."""

    TEXT = "text"
    """Answer by reasoning in text."""
    CODE = "code"
    """Answer by writing a program."""
    IMPROVE = "improve"
    """Improve the last attempt in the same mode."""
    RETURN = "return"
    """Accept the answer and end the run."""
    TERMINATE = "terminate"
    """Give up: more turns would not help."""

    @property
    def continues(self) -> bool:
        """Whether the task model makes another attempt."""
        return self in (Action.TEXT, Action.CODE, Action.IMPROVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How one candidate of a wave is made, where it is to differ from the others."""

    mode: Mode
    guidance: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the task model does next, and why."""

    action: Action
    mode: Mode
    guidance: str = ""
    """Instructions for the task model; empty when the run ends."""
    start_over: bool = False
    """Whether the task model sees only the question and the guidance, without its earlier attempts."""
    candidates: Count = 1
    """Number of independent attempts to make in parallel; each becomes a turn of its own."""
    plans: tuple[Plan, ...] = ()
    """Plans of the candidates after the first; those without one follow ``mode`` and ``guidance``."""
    attempt: Count | None = None
    """Number of the attempt whose answer is returned, from 1; None: the one with the best supported answer."""
    reason: str
    """Explanation for whoever reads the run."""
    guide: str
    """Name of the guide that decided."""
    fallback: str = ""
    """Why the rules guide decided instead of another guide; empty if it did not."""
    usage: Usage = field(default_factory=Usage)

    def __post_init__(self) -> None:
        """Raise ValueError for a decision that nobody would carry out."""
        if self.candidates < 1:
            raise ValueError(f"candidates must be at least 1, not {self.candidates}")
        if self.attempt is not None and self.attempt < 1:
            raise ValueError(f"attempts are numbered from 1, not {self.attempt}")

    def for_candidate(self, number: int) -> Self:
        """Return the decision that one candidate carries out; the usage of deciding is the first one's.

        Args:
            number: index among the candidates, from 0.
        """
        if number == 0:
            return self
        plan = self.plans[number - 1] if number <= len(self.plans) else self
        return replace(self, mode=plan.mode, guidance=plan.guidance, usage=Usage())
