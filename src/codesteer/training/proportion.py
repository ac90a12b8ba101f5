"""Proportions with their intervals, and what a number of pairs can tell apart."""

import math
from dataclasses import dataclass

from codesteer.evals.intervals import Z95, wilson

ENOUGH_PAIRS = 100
"""Held-out pairs from which on accuracies are worth comparing."""


@dataclass(frozen=True, slots=True)
class Proportion:
    """A proportion with its 95 % Wilson interval."""

    successes: int
    trials: int

    @property
    def value(self) -> float:
        """The proportion; NaN without trials."""
        return self.successes / self.trials if self.trials else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """The bounds of the interval."""
        interval = wilson(self.successes, self.trials)
        return interval.low, interval.high

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:.3f} [{low:.3f}, {high:.3f}] ({self.successes} of {self.trials})"


def too_few(pairs: int) -> str:
    """Say what so few held-out pairs can tell apart; empty if they are enough.

    The bound is the half-width of the 95 % interval of a difference between two accuracies near one half.
    """
    if pairs >= ENOUGH_PAIRS:
        return ""
    if not pairs:
        return "no held-out pairs: no accuracy can be measured"
    points = math.ceil(100 * Z95 * math.sqrt(0.5 / pairs))
    return f"only {pairs} held-out pairs: accuracies less than {min(points, 100)} points apart may differ by chance"
