"""Plan a route of straight segments through an arena with coloured boxes: enter some, avoid others.

The arena is the open square between -1.4 and 1.4. A box is entered if a segment touches it, boundary included. The
boxes may be entered in any order. The official validator only detects segments that cross an edge of a box, not
those that are inside or touch a corner, and compares the end points as floats.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any, Final

from codesteer.symbench.item import Item, SolvedPuzzle
from codesteer.symbench.parsing import (
    UnreadableError,
    pairs_in_label_order,
    parse_nested,
    parse_rational,
    plain_list,
    unlatex_list,
)
from codesteer.symbench.solvers.routes import EDGE, Area, find_route
from codesteer.symbench.solvers.segments import crosses_edge, touches
from codesteer.symbench.task import Task

Waypoints = tuple[tuple[str, str], ...]
"""Points as exact decimals or fractions."""
Box = tuple[str, int, int, int, int]
"""Colour, left, right, bottom and top in hundredths."""

COLOURS: Final = ("yellow", "red", "green", "blue", "pink", "purple", "orange", "brown", "grey", "white")
WALLS: Final = tuple(
    Area(*sides)
    for sides in (
        (-150, -140, -150, 150),
        (140, 150, -150, 150),
        (-150, 150, -150, -140),
        (-150, 150, 140, 150),
    )
)

_TOLERANCE = Fraction(1, 10**9)
_MAX_POINTS = 200
_MAX_COORDINATE = 10**6


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    boxes: int
    enter: int
    avoid: int
    max_side: int = 100
    """Maximum side of a box, in hundredths."""


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The boxes, start and end in hundredths, and the colours to enter and to avoid."""

    boxes: tuple[Box, ...]
    start: tuple[int, int]
    end: tuple[int, int]
    enter: tuple[str, ...]
    avoid: tuple[str, ...]


class PathPlan(Task[Difficulty, Puzzle, Waypoints]):
    """Routes through an arena."""

    slug = "path_plan"
    title = "Path plan"
    seen = True
    answer_format = "a list of points"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty(4, 1, 1),
        Difficulty(5, 2, 1),
        Difficulty(6, 2, 2),
        Difficulty(7, 3, 2),
        Difficulty(7, 3, 4, max_side=80),
        Difficulty(10, 4, 6, max_side=70),
    )

    def generate_puzzle(self, rng: Random, difficulty: Difficulty) -> SolvedPuzzle[Puzzle, Waypoints]:
        """Draw arenas until one has a route other than the straight line."""
        while True:
            boxes = tuple(_box(rng, colour, difficulty.max_side) for colour in COLOURS[: difficulty.boxes])
            start, end = _outside(rng, boxes), _outside(rng, boxes)
            colours = rng.sample(COLOURS[: difficulty.boxes], difficulty.enter + difficulty.avoid)
            puzzle = Puzzle(
                boxes, start, end, tuple(colours[: difficulty.enter]), tuple(colours[difficulty.enter :])
            )
            found = _route(puzzle)
            if found and self.find_violation(puzzle, _points([start, end], 100)):
                return SolvedPuzzle(puzzle, found)

    def format_question(self, puzzle: Puzzle) -> str:
        """List the boxes, both ends, and the boxes to touch and to avoid."""
        boxes = "\n".join(
            f"- {box[0]}: x from {_decimal(box[1])} to {_decimal(box[2])}, y from {_decimal(box[3])} to "
            f"{_decimal(box[4])}"
            for box in puzzle.boxes
        )
        start, end = (f"({_decimal(x)}, {_decimal(y)})" for x, y in (puzzle.start, puzzle.end))
        avoid = f" It must not touch any of these: {', '.join(puzzle.avoid)}." if puzzle.avoid else ""
        limit = _decimal(EDGE)
        return (
            "A robot moves in the plane along straight segments from waypoint to waypoint. Walls surround "
            f"the arena: the whole route must stay where -{limit} < x < {limit} and -{limit} < y < {limit}. "
            "In the arena lie coloured rectangles (boxes), which may overlap:\n\n"
            f"{boxes}\n\n"
            "A route touches a box if any point of a segment lies inside it or on its boundary. The route "
            f"starts at {start} and ends at {end}. It must touch each of these boxes, in any order: "
            f"{', '.join(puzzle.enter)}.{avoid} Touching other boxes does not matter.\n"
            "Give all waypoints from the start to the end, both included, as decimals in the format "
            "<<<[(x0, y0), (x1, y1), ...]>>>, for example <<<[(-1.3, -1.3), (0.25, -0.5), (1.3, 1.3)]>>>."
        )

    def parse(self, text: str, puzzle: Puzzle) -> Waypoints:
        """Read pairs of numbers, labelled or not, or a flat list of them."""
        parts = parse_nested(plain_list(pairs_in_label_order(unlatex_list(text), "x", "y")))
        while len(parts) == 1 and isinstance(parts[0], tuple):
            parts = parts[0]
        if len(parts) > 2 * _MAX_POINTS:
            raise UnreadableError(f"a route has at most {_MAX_POINTS} waypoints")
        if all(isinstance(part, str) for part in parts):
            if len(parts) % 2:
                raise UnreadableError(f"waypoints are pairs, but there are {len(parts)} numbers")
            parts = tuple(zip(parts[::2], parts[1::2], strict=True))
        return tuple(_point(part) for part in parts)

    def find_violation(self, puzzle: Puzzle, answer: Waypoints) -> str | None:
        """Check both ends, the walls, and each box exactly."""
        points = [(Fraction(x) * 100, Fraction(y) * 100) for x, y in answer]
        if len(points) < 2:
            return "a route has at least two waypoints"
        for name, point, wanted in (("start", points[0], puzzle.start), ("end", points[-1], puzzle.end)):
            if any(abs(one - other) > 100 * _TOLERANCE for one, other in zip(point, wanted, strict=True)):
                return f"the route does not {name} where it should"
        if any(abs(x) >= EDGE or abs(y) >= EDGE for x, y in points):
            return "the route touches a wall"
        segments = list(pairwise(points))
        entered = {
            box[0] for box in puzzle.boxes if any(touches(*segment, Area(*box[1:])) for segment in segments)
        }
        for colour in puzzle.enter:
            if colour not in entered:
                return f"the route does not enter the {colour} box"
        wrong = next((colour for colour in puzzle.avoid if colour in entered), None)
        return f"the route enters the {wrong} box" if wrong else None

    def solve(self, item: Item[Puzzle, Waypoints]) -> Waypoints | None:
        """Search a route on a lattice."""
        return _route(item.data)

    def format_answer(self, answer: Waypoints) -> str:
        """Write a list of pairs."""
        return f"[{', '.join(f'({x}, {y})' for x, y in answer)}]"

    def official_validator_accepts(self, item: Item[Puzzle, Waypoints], text: str) -> bool:
        """Compute in floats; a box counts as entered if a segment crosses one of its edges."""
        puzzle, answer = item.data, self.parse(text, item.data)
        points = [(float(Fraction(x)), float(Fraction(y))) for x, y in answer]
        ends = [(x / 100, y / 100) for x, y in (puzzle.start, puzzle.end)]
        if len(points) < 2 or [points[0], points[-1]] != ends:
            return False
        segments = list(pairwise(points))
        if any(crosses_edge(*segment, wall) for segment in segments for wall in WALLS):
            return False
        entered = {
            box[0]
            for box in puzzle.boxes
            if any(crosses_edge(*segment, Area(*box[1:])) for segment in segments)
        }
        return entered >= set(puzzle.enter) and not entered & set(puzzle.avoid)

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, Waypoints]:
        """Read the arena and the derived route (the official data stores none)."""
        stored = record["answer"]
        boxes = []
        for colour, sides in stored["boxes"].items():
            left, right, bottom, top = map(_hundredths, sides)
            boxes.append((colour, left, right, bottom, top))
        (x0, y0), (x1, y1) = (map(_hundredths, stored[name]) for name in ("start", "end"))
        wishes = (tuple(stored[name]) for name in ("must_enter", "must_avoid"))
        answer = tuple((str(x), str(y)) for x, y in stored["derived_waypoints"])
        return SolvedPuzzle(Puzzle(tuple(boxes), (x0, y0), (x1, y1), *wishes), answer)


def _box(rng: Random, colour: str, max_side: int) -> Box:
    width, height = rng.randrange(30, max_side + 1, 5), rng.randrange(30, max_side + 1, 5)
    left, bottom = rng.randrange(-EDGE + 5, EDGE - width, 5), rng.randrange(-EDGE + 5, EDGE - height, 5)
    return colour, left, left + width, bottom, bottom + height


def _outside(rng: Random, boxes: tuple[Box, ...]) -> tuple[int, int]:
    """Draw a point of the arena that touches no box."""
    while True:
        x, y = rng.randrange(-130, 131, 5), rng.randrange(-130, 131, 5)
        if not any(Area(*box[1:]).holds((2 * x, 2 * y)) for box in boxes):
            return x, y


def _route(puzzle: Puzzle) -> Waypoints | None:
    areas = {box[0]: Area(*box[1:]) for box in puzzle.boxes}
    (x0, y0), (x1, y1) = puzzle.start, puzzle.end
    enter, avoid = ([areas[colour] for colour in colours] for colours in (puzzle.enter, puzzle.avoid))
    found = find_route((2 * x0, 2 * y0), (2 * x1, 2 * y1), enter, avoid)
    return _points(found, 200) if found else None


def _points(points: list[tuple[int, int]], unit: int) -> Waypoints:
    return tuple((_decimal(x, unit), _decimal(y, unit)) for x, y in points)


def _decimal(number: int, unit: int = 100) -> str:
    return f"{number / unit:.3f}".rstrip("0").rstrip(".")


def _hundredths(number: float) -> int:
    return round(number * 100)


def _point(part: Any) -> tuple[str, str]:
    while isinstance(part, tuple) and len(part) == 1:
        part = part[0]
    if not isinstance(part, tuple) or len(part) != 2 or not all(isinstance(number, str) for number in part):
        raise UnreadableError("a waypoint is not a pair of numbers")
    x, y = map(parse_rational, part)
    if max(abs(x), abs(y)) > _MAX_COORDINATE:
        raise UnreadableError("a waypoint is far outside the arena")
    return str(x), str(y)


TASK = PathPlan()
