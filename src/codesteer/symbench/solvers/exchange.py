"""Exchange goods by methods, applied once per pass or exhaustively."""

from collections.abc import Sequence
from dataclasses import dataclass

Counts = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Method:
    """What one exchange takes and gives, by the position of the good in the counts."""

    takes: Counts
    gives: Counts

    def times(self, counts: Sequence[int]) -> int:
        """Return how often the method can be applied."""
        return min(have // need for have, need in zip(counts, self.takes, strict=True) if need)

    def apply(self, counts: Sequence[int], times: int = 1) -> Counts:
        """Return the counts after that many applications."""
        trades = zip(counts, self.takes, self.gives, strict=True)
        return tuple(have + times * (gain - need) for have, need, gain in trades)


def run_once_per_pass(start: Counts, methods: Sequence[Method]) -> Counts:
    """Return the final counts if each pass applies every method at most once, in order."""
    return _run(start, methods, exhaust=False)


def run_exhaustively(start: Counts, methods: Sequence[Method]) -> Counts:
    """Return the final counts if each method is applied as often as possible before the next."""
    return _run(start, methods, exhaust=True)


def _run(start: Counts, methods: Sequence[Method], exhaust: bool) -> Counts:
    counts, before = start, None
    while counts != before:
        before = counts
        for method in methods:
            possible = method.times(counts)
            counts = method.apply(counts, possible if exhaust else min(possible, 1))
    return counts
