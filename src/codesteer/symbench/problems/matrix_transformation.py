"""Rotate a matrix of characters by 90 degrees clockwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from string import ascii_uppercase
from typing import Any, Final

from codesteer.symbench.item import Posed
from codesteer.symbench.parsing import parse_cells
from codesteer.symbench.task import ComputedTask

Grid = tuple[tuple[str, ...], ...]

DIGITS: Final = "123456789"
SYMBOLS: Final = "!@#$%^&*"


@dataclass(frozen=True, slots=True)
class Knobs:
    """What makes a matrix hard."""

    rows: int
    columns: int
    alphabet: str


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The rows of the matrix."""

    matrix: Grid


class MatrixTransformation(ComputedTask[Knobs, Puzzle, Grid]):
    """Rotating a matrix."""

    slug = "matrix_transformation"
    title = "Matrix transformation"
    seen = True
    form = "a list of characters"
    puzzle_type = Puzzle
    ladder = (
        Knobs(2, 3, DIGITS),
        Knobs(3, 3, ascii_uppercase),
        Knobs(3, 4, ascii_uppercase + DIGITS),
        Knobs(4, 4, SYMBOLS),
        Knobs(5, 7, SYMBOLS),
        Knobs(9, 12, ascii_uppercase + DIGITS),
        Knobs(20, 25, SYMBOLS),
    )

    def draw(self, rng: Random, knobs: Knobs) -> Puzzle:
        """Draw matrices until rotating changes one."""
        while True:
            puzzle = Puzzle(
                tuple(tuple(rng.choices(knobs.alphabet, k=knobs.columns)) for _ in range(knobs.rows))
            )
            if self.compute(puzzle) != puzzle.matrix:
                return puzzle

    def compute(self, puzzle: Puzzle) -> Grid:
        """The columns from left to right, each read from the bottom to the top."""
        return tuple(zip(*reversed(puzzle.matrix), strict=True))

    def ask(self, puzzle: Puzzle) -> str:
        """Print the matrix and the format."""
        rows, columns = len(puzzle.matrix), len(puzzle.matrix[0])
        lines = "\n".join(" ".join(row) for row in puzzle.matrix)
        return (
            f"Rotate this matrix of {rows} rows and {columns} columns by 90 degrees clockwise (its first row "
            "becomes the last column):\n\n"
            f"{lines}\n\n"
            f"Give the result, which has {columns} rows and {rows} columns, as one list of all its cells row "
            "by row, separated by commas, in the format <<<list>>>, for example <<<A,B,C,D>>>."
        )

    def parse(self, text: str, puzzle: Puzzle) -> Grid:
        """Read a flat list, lines or nested lists; characters may run together."""
        return parse_cells(text, len(puzzle.matrix), glued=True)

    def render(self, answer: Grid) -> str:
        """One flat list."""
        return ",".join(cell for row in answer for cell in row)

    def read(self, record: Mapping[str, Any]) -> Posed[Puzzle, Grid]:
        """The matrix and the stored rotated one."""
        stored = record["answer"]
        return Posed(Puzzle(tuple(map(tuple, stored["matrix"]))), tuple(map(tuple, stored["solution"])))


TASK = MatrixTransformation()
