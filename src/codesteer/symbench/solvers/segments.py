"""Test whether a segment meets a rectangle: exactly, and as the official validator does."""

from fractions import Fraction

from codesteer.symbench.solvers.routes import Area

ExactPoint = tuple[Fraction, Fraction]
"""A point in hundredths."""
FloatPoint = tuple[float, float]
"""A point in the unit of the question."""


def touches(start: ExactPoint, end: ExactPoint, area: Area) -> bool:
    """Whether a point of the segment is in the closed rectangle: clip it at each side in turn."""
    first, last = Fraction(0), Fraction(1)
    for axis, low, high in ((0, area.left, area.right), (1, area.bottom, area.top)):
        move = end[axis] - start[axis]
        if move == 0:
            if not low <= start[axis] <= high:
                return False
            continue
        enters, leaves = sorted(((low - start[axis]) / move, (high - start[axis]) / move))
        first, last = max(first, enters), min(last, leaves)
    return first <= last


def crosses_edge(start: FloatPoint, end: FloatPoint, area: Area) -> bool:
    """Whether the segment crosses an edge, in floats; touching a corner or lying inside does not count."""
    left, right, bottom, top = (side / 100 for side in (area.left, area.right, area.bottom, area.top))
    corners = [(left, bottom), (right, bottom), (right, top), (left, top)]
    edges = zip(corners, [*corners[1:], corners[0]], strict=True)
    return any(
        _left_turn(start, one, other) != _left_turn(end, one, other)
        and _left_turn(start, end, one) != _left_turn(start, end, other)
        for one, other in edges
    )


def _left_turn(a: FloatPoint, b: FloatPoint, c: FloatPoint) -> bool:
    return (c[1] - a[1]) * (b[0] - a[0]) > (b[1] - a[1]) * (c[0] - a[0])
