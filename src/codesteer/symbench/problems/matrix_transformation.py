"""Rotate a matrix of characters by 90 degrees clockwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from string import ascii_uppercase
from typing import Any, Final

from codesteer.symbench.item import SolvedPuzzle
from codesteer.symbench.parsing import parse_cells
from codesteer.symbench.task import ComputedTask

Grid = tuple[tuple[str, ...], ...]

DIGITS: Final = "123456789"
SYMBOLS: Final = "!@#$%^&*"


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    rows: int
    columns: int
    alphabet: str


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The rows of the matrix."""

    matrix: Grid


class MatrixTransformation(ComputedTask[Difficulty, Puzzle, Grid]):
    """Rotating a matrix."""

    slug = "matrix_transformation"
    title = "Matrix transformation"
    seen = True
    answer_format = "a list of characters"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty(2, 3, DIGITS),
        Difficulty(3, 3, ascii_uppercase),
        Difficulty(3, 4, ascii_uppercase + DIGITS),
        Difficulty(4, 4, SYMBOLS),
        Difficulty(5, 7, SYMBOLS),
        Difficulty(9, 12, ascii_uppercase + DIGITS),
        Difficulty(20, 25, SYMBOLS),
    )

    def random_puzzle(self, rng: Random, difficulty: Difficulty) -> Puzzle:
        """Draw matrices until rotation changes one."""
        while True:
            puzzle = Puzzle(
                tuple(
                    tuple(rng.choices(difficulty.alphabet, k=difficulty.columns))
                    for _ in range(difficulty.rows)
                )
            )
            if self.compute_answer(puzzle) != puzzle.matrix:
                return puzzle

    def compute_answer(self, puzzle: Puzzle) -> Grid:
        """Return the columns from left to right, each read from bottom to top."""
        return tuple(zip(*reversed(puzzle.matrix), strict=True))

    def format_question(self, puzzle: Puzzle) -> str:
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
        cells = "".join(cell for row in puzzle.matrix for cell in row)
        return parse_cells(text, len(puzzle.matrix), cells)

    def format_answer(self, answer: Grid) -> str:
        """Write one flat list."""
        return ",".join(cell for row in answer for cell in row)

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, Grid]:
        """Read the matrix and the stored rotated one."""
        stored = record["answer"]
        return SolvedPuzzle(
            Puzzle(tuple(map(tuple, stored["matrix"]))), tuple(map(tuple, stored["solution"]))
        )


TASK = MatrixTransformation()
