"""Find the largest square of one letter in a matrix of letters and give its bottom-right cell.

The official question asks for a square with a side of at least 3, which smaller squares inside a larger one also
satisfy; the stored answer is the corner of the largest one, which our question asks for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from string import ascii_uppercase
from typing import Any

from codesteer.symbench.item import Item, SolvedPuzzle
from codesteer.symbench.parsing import parse_coordinates
from codesteer.symbench.task import ComputedTask

Position = tuple[int, ...]
"""A row and a column."""


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    rows: int
    columns: int
    side: int
    letters: int = 26
    """Number of different letters in the rest; with few, smaller squares occur by chance."""


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The rows of the matrix."""

    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Square:
    """A square of one letter by its side and its bottom-right cell."""

    side: int
    corner: Position


class PatternRecognition(ComputedTask[Difficulty, Puzzle, Position]):
    """The largest square of one letter."""

    slug = "pattern_recognition"
    title = "Pattern recognition"
    seen = True
    answer_format = "a row and a column"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty(8, 8, 3),
        Difficulty(10, 12, 3),
        Difficulty(12, 15, 4),
        Difficulty(15, 15, 4, letters=6),
        Difficulty(15, 20, 5, letters=4),
        Difficulty(25, 30, 4, letters=4),
        Difficulty(40, 40, 5, letters=3),
    )

    def random_puzzle(self, rng: Random, difficulty: Difficulty) -> Puzzle:
        """Draw a matrix with a planted square until that is the only largest one."""
        while True:
            alphabet = rng.sample(ascii_uppercase, difficulty.letters)
            cells = [rng.choices(alphabet, k=difficulty.columns) for _ in range(difficulty.rows)]
            top, left = (
                rng.randrange(difficulty.rows - difficulty.side + 1),
                rng.randrange(difficulty.columns - difficulty.side + 1),
            )
            letter = rng.choice(alphabet)
            for row in cells[top : top + difficulty.side]:
                row[left : left + difficulty.side] = [letter] * difficulty.side
            largest = _largest(cells)
            if len(largest) == 1 and largest[0].side == difficulty.side:
                return Puzzle(tuple(map("".join, cells)))

    def compute_answer(self, puzzle: Puzzle) -> Position:
        """Return the corner of the largest square."""
        return _largest(puzzle.rows)[0].corner

    def format_question(self, puzzle: Puzzle) -> str:
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
        """Read the numbers, labelled or not; a right answer has two."""
        return parse_coordinates(text)

    def format_answer(self, answer: Position) -> str:
        """Write row and column."""
        return ", ".join(map(str, answer))

    def official_validator_accepts(self, item: Item[Puzzle, Position], text: str) -> bool:
        """Compare the first two numbers with the stored ones."""
        return self.parse(text, item.data)[:2] == item.answer

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, Position]:
        """Read the matrix from the question's text, and the stored corner."""
        lines = [line.split() for line in record["question"].splitlines()]
        rows = tuple(
            "".join(line) for line in lines if len(line) > 2 and all(len(cell) == 1 for cell in line)
        )
        return SolvedPuzzle(Puzzle(rows), (record["answer"]["row"], record["answer"]["column"]))

    def find_defects(self, solved: SolvedPuzzle[Puzzle, Position]) -> tuple[str, ...]:
        """Flag an item in which smaller squares satisfy the official question too."""
        return ("square_side_above_3",) if _largest(solved.puzzle.rows)[0].side > 3 else ()


def _largest(rows: tuple[str, ...] | list[list[str]]) -> list[Square]:
    """Return all largest squares, from the side of the largest square that ends at each cell."""
    sides = [[1] * len(row) for row in rows]
    for i in range(1, len(rows)):
        for j in range(1, len(rows[i])):
            if rows[i][j] == rows[i - 1][j] == rows[i][j - 1] == rows[i - 1][j - 1]:
                sides[i][j] = 1 + min(sides[i - 1][j], sides[i][j - 1], sides[i - 1][j - 1])
    most = max(map(max, sides))
    return [Square(most, (i, j)) for i, row in enumerate(sides) for j, side in enumerate(row) if side == most]


TASK = PatternRecognition()
