"""Confidence intervals: Wilson's for success rates, the bootstrap for scores over tasks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import comb, sqrt

RESAMPLES = 2000
SEED = 20260101
Z95 = 1.959964
SIGNIFICANCE = 0.05
"""A result that chance alone gives less often is more than chance explains."""
NO_SPREAD = 1e-9
"""Two sums of the same numbers in another order differ by less."""
COPY_SEPARATOR = "#"
"""Separates a task's name from the number of its copy in a resample."""
OutcomesByTask = Mapping[str, Sequence[bool]]
"""Whether a method solved each item, by task; the items are in the same order for every method."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether zero is outside the interval; a bootstrap of very few items says so too easily."""
        return self.low > 0 or self.high < 0

    @property
    def has_spread(self) -> bool:
        """Whether the interval has a width; if all resamples are alike, a bootstrap says nothing about chance."""
        return self.high - self.low > NO_SPREAD


def wilson(successes: int, trials: int) -> Interval:
    """Return a success rate with Wilson's score interval; without trials, 0 with the whole range."""
    if not trials:
        return Interval(0.0, 0.0, 1.0)
    rate, spread = successes / trials, Z95 * Z95 / trials
    centre = (rate + spread / 2) / (1 + spread)
    half = Z95 * sqrt(rate * (1 - rate) / trials + spread / (4 * trials)) / (1 + spread)
    return Interval(rate, max(0.0, centre - half), min(1.0, centre + half))


def sign_test(wins: int, losses: int) -> float:
    """Return how often chance alone splits paired differences at least as unevenly (two-sided, exact)."""
    trials = wins + losses
    tail = sum(comb(trials, count) for count in range(min(wins, losses) + 1))
    return float(min(1.0, 2 * tail / 2**trials))


def bootstrap_interval(table: OutcomesByTask, statistic: Callable[[OutcomesByTask], float]) -> Interval:
    """Return a statistic of one method with its bootstrap interval."""
    return paired_bootstrap(table, {task: [] for task in table}, lambda one, _: statistic(one))


def paired_bootstrap(
    one: OutcomesByTask,
    other: OutcomesByTask,
    statistic: Callable[[OutcomesByTask, OutcomesByTask], float],
    resamples: int = RESAMPLES,
) -> Interval:
    """Return a paired statistic of two methods with its interval, by a two-stage bootstrap.

    Tasks are drawn with replacement, then items within each drawn task; both methods keep their outcomes on
    the same items. The interval therefore covers the choice of tasks as well as that of items. The random
    numbers are seeded: the same outcomes give the same interval.
    """
    from numpy import percentile
    from numpy.random import default_rng

    random, names = default_rng(SEED), sorted(one)
    values = []
    for _ in range(resamples):
        drawn_one: dict[str, Sequence[bool]] = {}
        drawn_other: dict[str, Sequence[bool]] = {}
        for copy, index in enumerate(random.integers(len(names), size=len(names))):
            name = names[index]
            size = len(one[name])
            items: list[int] = random.integers(size, size=size).tolist() if size else []
            key = f"{name}{COPY_SEPARATOR}{copy}"
            drawn_one[key] = [one[name][item] for item in items]
            drawn_other[key] = [other[name][item] for item in items] if other[name] else []
        values.append(statistic(drawn_one, drawn_other))
    low, high = percentile(values, [2.5, 97.5])
    return Interval(statistic(one, other), float(low), float(high))
