"""Routes through a square arena with boxes, on a lattice with points off every box boundary.

Coordinates are whole hundredths. Box sides are on multiples of 5, lattice points halfway between them, so that a step
between neighbouring points outside a box cannot touch it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

Point = tuple[int, int]
"""A point in doubled hundredths, so that lattice points are whole numbers."""

EDGE = 140
"""The arena extends from -EDGE to EDGE in both directions."""
_STEP = 10
_OUTER = 2 * EDGE - 5


@dataclass(frozen=True, slots=True)
class Area:
    """A closed rectangle in hundredths."""

    left: int
    right: int
    bottom: int
    top: int

    def holds(self, point: Point) -> bool:
        """Whether a point (in doubled hundredths) lies in the rectangle or on its boundary."""
        return 2 * self.left <= point[0] <= 2 * self.right and 2 * self.bottom <= point[1] <= 2 * self.top


def find_route(start: Point, end: Point, enter: Sequence[Area], avoid: Sequence[Area]) -> list[Point] | None:
    """Find a route that enters some areas, nearest next, and avoids others; None if there is none.

    All points are in doubled hundredths; start and end are outside the areas to avoid.
    """
    here, left = _lattice_points(start, avoid), list(enter)
    walked: list[Point] = []
    while left:
        leg = _shortest_walk(walked[-1:] or here, partial(_inside, left), avoid)
        if leg is None:
            return None
        walked += leg if not walked else leg[1:]
        left = [area for area in left if not any(area.holds(point) for point in leg)]
    goals = set(_lattice_points(end, avoid))
    leg = _shortest_walk(walked[-1:] or here, goals.__contains__, avoid)
    return None if leg is None else _straighten([start, *walked, *(leg[1:] if walked else leg), end])


def _inside(areas: Sequence[Area], point: Point) -> bool:
    return any(area.holds(point) for area in areas)


def _lattice_points(point: Point, avoid: Sequence[Area]) -> list[Point]:
    """Return the lattice points around a point that can be reached from it."""
    around = [(point[0] + dx, point[1] + dy) for dx in (-5, 5) for dy in (-5, 5)]
    return [near for near in around if _free(near, avoid)]


def _shortest_walk(
    starts: Sequence[Point], is_goal: Callable[[Point], bool], avoid: Sequence[Area]
) -> list[Point] | None:
    """Find the shortest walk from one of the starts to a goal (breadth-first search)."""
    before: dict[Point, Point | None] = dict.fromkeys(starts)
    queue = list(starts)
    for point in queue:
        if is_goal(point):
            return _trace_back(point, before)
        x, y = point
        for near in ((x + _STEP, y), (x - _STEP, y), (x, y + _STEP), (x, y - _STEP)):
            if near not in before and _free(near, avoid):
                before[near] = point
                queue.append(near)
    return None


def _trace_back(point: Point, before: dict[Point, Point | None]) -> list[Point]:
    walked: list[Point] = []
    last: Point | None = point
    while last is not None:
        walked.append(last)
        last = before[last]
    return walked[::-1]


def _free(point: Point, avoid: Sequence[Area]) -> bool:
    inside = -_OUTER <= point[0] <= _OUTER and -_OUTER <= point[1] <= _OUTER
    return inside and not _inside(avoid, point)


def _straighten(points: list[Point]) -> list[Point]:
    """Remove points in the middle of straight segments."""
    kept = points[:1]
    for point, after in pairwise(points[1:]):
        (x, y), (x1, y1), (x2, y2) = kept[-1], point, after
        turns = (x1 - x) * (y2 - y1) != (y1 - y) * (x2 - x1)
        returns = (x1 - x) * (x2 - x1) + (y1 - y) * (y2 - y1) < 0
        if turns or returns:
            kept.append(point)
    return [*kept, points[-1]]
