"""Slide a square window over a grid of numbers and take the maximum or the mean at every position.

The official question does not specify the stride (its answers use 1) or the form of fractions; its validator reads
only whole numbers, so that no answer to its average items can pass.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

from codesteer.symbench.item import Item, SolvedPuzzle
from codesteer.symbench.parsing import (
    parse_cells,
    parse_numerals,
    plain_fractions,
    plain_matrix,
    unlatex_list,
)
from codesteer.symbench.task import ComputedTask

Numerals = tuple[tuple[str, ...], ...]
"""Rows of exact numbers as text: ``3`` or ``7/4``."""

_FRACTIONS = (
    "Write a mean that is not whole as a fraction such as 7/4 or as a decimal with at least four digits "
    "after the point."
)
_TOLERANCE = Fraction(1, 1000)


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    side: int
    window: int
    kind: str
    """``max`` or ``average``."""
    stride: int = 1


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The grid and how to pool it."""

    grid: tuple[tuple[int, ...], ...]
    window: int
    kind: str
    stride: int = 1


class Pooling(ComputedTask[Difficulty, Puzzle, Numerals]):
    """Maximum and average pooling."""

    slug = "pooling"
    title = "Pooling"
    seen = True
    answer_format = "a grid of numbers"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty(3, 2, "max"),
        Difficulty(4, 2, "max"),
        Difficulty(4, 2, "average"),
        Difficulty(5, 3, "average"),
        Difficulty(6, 3, "average"),
        Difficulty(8, 3, "average"),
        Difficulty(11, 3, "average", stride=2),
        Difficulty(16, 4, "average", stride=2),
    )

    def random_puzzle(self, rng: Random, difficulty: Difficulty) -> Puzzle:
        """Draw numbers from -10 to 20."""
        rows = [[rng.randint(-10, 20) for _ in range(difficulty.side)] for _ in range(difficulty.side)]
        return Puzzle(tuple(map(tuple, rows)), difficulty.window, difficulty.kind, difficulty.stride)

    def compute_answer(self, puzzle: Puzzle) -> Numerals:
        """Return the pooled grid."""
        starts = range(0, len(puzzle.grid) - puzzle.window + 1, puzzle.stride)
        return tuple(tuple(str(_pooled(puzzle, top, left)) for left in starts) for top in starts)

    def format_question(self, puzzle: Puzzle) -> str:
        """Print the grid and specify the stride and the form of fractions."""
        rows = "\n".join(", ".join(map(str, row)) for row in puzzle.grid)
        side, window = len(puzzle.grid), puzzle.window
        size = (side - window) // puzzle.stride + 1
        value = "the largest number" if puzzle.kind == "max" else "the arithmetic mean of the numbers"
        exact = "" if puzzle.kind == "max" else f" {_FRACTIONS}"
        return (
            f"A window of {window}x{window} cells slides over this {side}x{side} grid, from left to right "
            f"and from top to bottom, with stride {puzzle.stride} (it moves by {puzzle.stride} cell(s) at a "
            f"time and never leaves the grid). At each position take {value} inside the window.\n\n"
            f"{rows}\n\n"
            f"Give the resulting {size}x{size} grid row by row as one list of {size * size} numbers "
            f"separated by commas, in the format <<<list>>>, for example <<<3, -1, 0, 12>>>.{exact}"
        )

    def parse(self, text: str, puzzle: Puzzle) -> Numerals:
        """Read a flat list, lines or nested lists of whole numbers, decimals and fractions."""
        size = (len(puzzle.grid) - puzzle.window) // puzzle.stride + 1
        rows = parse_cells(plain_fractions(unlatex_list(plain_matrix(text))), size)
        return tuple(parse_numerals(" ".join(row)) for row in rows)

    def find_violation(self, puzzle: Puzzle, answer: Numerals) -> str | None:
        """Compare the shape and each number; a mean may be a decimal rounded to three digits."""
        expected = self.compute_answer(puzzle)
        if [len(row) for row in answer] != [len(row) for row in expected]:
            return f"the answer is not a grid of {len(expected)} rows with {len(expected)} numbers each"
        for i, (row, right) in enumerate(zip(answer, expected, strict=True), 1):
            for j, (one, other) in enumerate(zip(row, right, strict=True), 1):
                allowed = _TOLERANCE if puzzle.kind != "max" and "." in one else 0
                if abs(Fraction(one) - Fraction(other)) > allowed:
                    return f"expected {other} in row {i}, column {j}, not {one}"
        return None

    def format_answer(self, answer: Numerals) -> str:
        """Write one flat list."""
        return ", ".join(number for row in answer for number in row)

    def official_validator_accepts(self, item: Item[Puzzle, Numerals], text: str) -> bool:
        """Read whole numbers only and compare them with the stored ones."""
        answer = [number for row in self.parse(text, item.data) for number in row]
        stored = [number for row in item.answer for number in row]
        whole = "." not in text and "/" not in "".join(answer)
        return (
            whole
            and len(answer) == len(stored)
            and list(map(Fraction, answer)) == list(map(Fraction, stored))
        )

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, Numerals]:
        """Read the grid, its window and the stored grid; the stride is 1."""
        stored = record["answer"]
        puzzle = Puzzle(tuple(map(tuple, stored["matrix"])), stored["window_size"], stored["pooling_type"])
        return SolvedPuzzle(puzzle, tuple(tuple(map(_numeral, row)) for row in stored["solution"]))

    def find_defects(self, solved: SolvedPuzzle[Puzzle, Numerals]) -> tuple[str, ...]:
        """Flag an item with a fractional number, which the official validator cannot read."""
        whole = all("/" not in number for row in self.compute_answer(solved.puzzle) for number in row)
        return () if whole else ("reference_validator_rejects_correct_answer",)


def _numeral(number: float) -> str:
    return str(int(number)) if number == int(number) else str(number)


def _pooled(puzzle: Puzzle, top: int, left: int) -> Fraction:
    rows = puzzle.grid[top : top + puzzle.window]
    numbers = [number for row in rows for number in row[left : left + puzzle.window]]
    return Fraction(max(numbers)) if puzzle.kind == "max" else Fraction(sum(numbers), len(numbers))


TASK = Pooling()
