"""A segment meets a rectangle if an end is inside or it meets a closed side, by exact orientations."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from random import Random

from codesteer.symbench.problems.path_plan import Puzzle, Waypoints

Point = tuple[Fraction, Fraction]


def side(a: Point, b: Point, c: Point) -> int:
    area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return (area > 0) - (area < 0)


def between(a: Point, b: Point, c: Point) -> bool:
    return all(min(a[i], b[i]) <= c[i] <= max(a[i], b[i]) for i in (0, 1))


def cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    turns = side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)
    if turns[0] != turns[1] and turns[2] != turns[3]:
        return True
    ends = ((a, b, c), (a, b, d), (c, d, a), (c, d, b))
    return any(turn == 0 and between(*end) for turn, end in zip(turns, ends, strict=True))


def meets(a: Point, b: Point, box: Sequence[int]) -> bool:
    left, right, bottom, top = (Fraction(edge, 100) for edge in box)
    corners = [(left, bottom), (right, bottom), (right, top), (left, top)]
    inside = any(left <= x <= right and bottom <= y <= top for x, y in (a, b))
    return inside or any(cross(a, b, *pair) for pair in pairwise([*corners, corners[0]]))


def accepts(puzzle: Puzzle, answer: Waypoints) -> bool:
    points = [(Fraction(x), Fraction(y)) for x, y in answer]
    ends = [(Fraction(x, 100), Fraction(y, 100)) for x, y in (puzzle.start, puzzle.end)]
    if len(points) < 2 or [points[0], points[-1]] != ends:
        return False
    limit = Fraction(14, 10)
    if not all(-limit < number < limit for point in points for number in point):
        return False
    met = {box[0] for box in puzzle.boxes if any(meets(*pair, box[1:]) for pair in pairwise(points))}
    return set(puzzle.enter) <= met and met.isdisjoint(puzzle.avoid)


def mutants(puzzle: Puzzle, answer: Waypoints, rng: Random) -> list[Waypoints]:
    at = rng.randrange(len(answer))
    x, y = map(Fraction, answer[at])
    shifts = [
        (x + Fraction(dx, 100), y + Fraction(dy, 100)) for dx, dy in ((1, 0), (-10, 5), (0, 50), (300, 0))
    ]
    moved = [(*answer[:at], (str(float(u)), str(float(v))), *answer[at + 1 :]) for u, v in shifts]
    dropped = (*answer[:at], *answer[at + 1 :])
    return [
        *moved,
        dropped,
        answer[1:],
        answer[:-1],
        answer[::-1],
        (answer[0], answer[-1]),
        (*answer, answer[at]),
    ]
