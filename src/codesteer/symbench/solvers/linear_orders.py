"""Arrange things in a line, given clues about places and about who comes before whom."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Fact = tuple[str, int, int]
"""``at`` with a thing and its place, or ``before`` with the earlier and the later thing, counted from 0."""


@dataclass(frozen=True, slots=True)
class _Windows:
    """The first and last possible place of each thing, and its predecessors as a bit mask."""

    first: tuple[int, ...]
    last: tuple[int, ...]
    earlier: tuple[int, ...]
    urgent: tuple[int, ...]
    """The things sorted by their last place."""


def consistent_orders(count: int, facts: Sequence[Fact]) -> Iterator[tuple[int, ...]]:
    """Yield all orders that agree with the facts, filled from the front without dead ends."""
    windows = _windows(count, facts)
    if _can_be_completed((), windows):
        yield from _extensions((), windows)


def _windows(count: int, facts: Sequence[Fact]) -> _Windows:
    first, last, earlier = [0] * count, [count - 1] * count, [0] * count
    for kind, one, other in facts:
        if kind == "at":
            first[one], last[one] = max(first[one], other), min(last[one], other)
        else:
            earlier[other] |= 1 << one
    pairs = [(one, other) for kind, one, other in facts if kind == "before"]
    for _ in range(count):
        for one, other in pairs:
            first[other] = max(first[other], first[one] + 1)
            last[one] = min(last[one], last[other] - 1)
    urgent = sorted(range(count), key=last.__getitem__)
    return _Windows(tuple(first), tuple(last), tuple(earlier), tuple(urgent))


def _extensions(line: tuple[int, ...], windows: _Windows) -> Iterator[tuple[int, ...]]:
    place, count = len(line), len(windows.first)
    if place == count:
        yield line
        return
    used = sum(1 << thing for thing in line)
    for thing in range(count):
        inside = windows.first[thing] <= place <= windows.last[thing]
        if inside and not used >> thing & 1 and not windows.earlier[thing] & ~used:
            longer = (*line, thing)
            if _can_be_completed(longer, windows):
                yield from _extensions(longer, windows)


def _can_be_completed(line: tuple[int, ...], windows: _Windows) -> bool:
    """Whether the line can be filled, always placing the thing with the earliest last place next."""
    rest = [thing for thing in windows.urgent if thing not in line]
    for place in range(len(line), len(windows.first)):
        thing = next((one for one in rest if windows.first[one] <= place), None)
        if thing is None or windows.last[thing] < place:
            return False
        rest.remove(thing)
    return True
