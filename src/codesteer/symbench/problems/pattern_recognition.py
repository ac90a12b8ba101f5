"""Find the largest square of one letter in a matrix of letters and name its bottom-right cell.

The official question asks for a square with a side of at least 3, which the smaller squares inside a larger
one satisfy as well; the stored answer is the corner of the largest, and ours asks for that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from string import ascii_uppercase
from typing import Any

from codesteer.symbench.item import Item, Posed
from codesteer.symbench.parsing import parse_integers
from codesteer.symbench.task import ComputedTask

Position = tuple[int, ...]
"""A row and a column."""


@dataclass(frozen=True, slots=True)
class Knobs:
    """What makes a matrix hard."""

    rows: int
    columns: int
    side: int
    letters: int = 26
    """How many different letters fill the rest; few of them make smaller squares by chance."""


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The rows of the matrix."""

    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Square:
    """A square of one letter by its side and its bottom-right cell."""

    side: int
    corner: Position


class PatternRecognition(ComputedTask[Knobs, Puzzle, Position]):
    """The largest square of one letter."""

    slug = "pattern_recognition"
    title = "Pattern recognition"
    seen = True
    form = "a row and a column"
    puzzle_type = Puzzle
    ladder = (
        Knobs(8, 8, 3),
        Knobs(10, 12, 3),
        Knobs(12, 15, 4),
        Knobs(15, 15, 4, letters=6),
        Knobs(15, 20, 5, letters=4),
        Knobs(25, 30, 4, letters=4),
        Knobs(40, 40, 5, letters=3),
    )

    def draw(self, rng: Random, knobs: Knobs) -> Puzzle:
        """Draw a matrix with a planted square until that is the only largest one."""
        while True:
            alphabet = rng.sample(ascii_uppercase, knobs.letters)
            cells = [rng.choices(alphabet, k=knobs.columns) for _ in range(knobs.rows)]
            top, left = (
                rng.randrange(knobs.rows - knobs.side + 1),
                rng.randrange(knobs.columns - knobs.side + 1),
            )
            letter = rng.choice(alphabet)
            for row in cells[top : top + knobs.side]:
                row[left : left + knobs.side] = [letter] * knobs.side
            largest = _largest(cells)
            if len(largest) == 1 and largest[0].side == knobs.side:
                return Puzzle(tuple(map("".join, cells)))

    def compute(self, puzzle: Puzzle) -> Position:
        """The corner of the largest square."""
        return _largest(puzzle.rows)[0].corner

    def ask(self, puzzle: Puzzle) -> str:
        """Print the matrix and the format."""
        lines = "\n".join(" ".join(row) for row in puzzle.rows)
        return (
            "In this matrix of letters find the largest square block of cells that all hold the same letter "
            "(it has at least 3 rows and 3 columns, and there is only one of the largest size):\n\n"
            f"{lines}\n\n"
            "Give the row and the column of the bottom-right cell of that block, both counted from 0 at the "
            "top left, in the format <<<row, column>>>, for example <<<4, 7>>>."
        )

    def parse(self, text: str, puzzle: Puzzle) -> Position:
        """Read the numbers; two are right."""
        return parse_integers(text)

    def render(self, answer: Position) -> str:
        """Row and column."""
        return ", ".join(map(str, answer))

    def published(self, item: Item[Puzzle, Position], text: str) -> bool:
        """The first two numbers equal the stored ones."""
        return parse_integers(text)[:2] == item.answer

    def read(self, record: Mapping[str, Any]) -> Posed[Puzzle, Position]:
        """The matrix, which stands in the question alone, and the stored corner."""
        lines = [line.split() for line in record["question"].splitlines()]
        rows = tuple(
            "".join(line) for line in lines if len(line) > 2 and all(len(cell) == 1 for cell in line)
        )
        return Posed(Puzzle(rows), (record["answer"]["row"], record["answer"]["column"]))

    def flaws(self, posed: Posed[Puzzle, Position]) -> tuple[str, ...]:
        """Whether smaller squares satisfy the official question too."""
        return ("square_side_above_3",) if _largest(posed.puzzle.rows)[0].side > 3 else ()


def _largest(rows: tuple[str, ...] | list[list[str]]) -> list[Square]:
    """All largest squares, by the side of the largest one that ends at each cell."""
    sides = [[1] * len(row) for row in rows]
    for i in range(1, len(rows)):
        for j in range(1, len(rows[i])):
            if rows[i][j] == rows[i - 1][j] == rows[i][j - 1] == rows[i - 1][j - 1]:
                sides[i][j] = 1 + min(sides[i - 1][j], sides[i][j - 1], sides[i - 1][j - 1])
    most = max(map(max, sides))
    return [Square(most, (i, j)) for i, row in enumerate(sides) for j, side in enumerate(row) if side == most]


TASK = PatternRecognition()
