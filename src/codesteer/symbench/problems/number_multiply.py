"""Multiply two to four signed whole numbers.

A factor has a given number of digits and is never 0, 1 or -1. The official question does not ask for a format and
writes negative factors without parentheses; ours has both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from random import Random
from typing import Any

from codesteer.symbench.item import Item, SolvedPuzzle
from codesteer.symbench.parsing import clean, parse_integer
from codesteer.symbench.task import ComputedTask


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    digits: tuple[int, ...]
    """The number of digits of each factor."""


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The factors in the order of the question."""

    factors: tuple[int, ...]


class NumberMultiply(ComputedTask[Difficulty, Puzzle, int]):
    """Products of signed whole numbers."""

    slug = "number_multiply"
    title = "Number multiplication"
    seen = False
    answer_format = "an integer"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty((2, 3)),
        Difficulty((1, 2, 4)),
        Difficulty((1, 3, 4)),
        Difficulty((1, 2, 2, 4)),
        Difficulty((4, 4)),
        Difficulty((8, 8)),
        Difficulty((12, 12)),
        Difficulty((16, 16)),
        Difficulty((20, 20)),
    )

    def random_puzzle(self, rng: Random, difficulty: Difficulty) -> Puzzle:
        """Draw factors of the given lengths with random signs."""
        return Puzzle(tuple(_factor(rng, digits) for digits in difficulty.digits))

    def compute_answer(self, puzzle: Puzzle) -> int:
        """Return the product."""
        return prod(puzzle.factors)

    def format_question(self, puzzle: Puzzle) -> str:
        """State the product and the format."""
        factors = " * ".join(str(factor) if factor > 0 else f"({factor})" for factor in puzzle.factors)
        return (
            f"Compute the exact product {factors}.\n"
            "Give all digits of the result as one integer, with a minus sign if it is negative, in the "
            "format <<<integer>>>, for example <<<-1234>>>."
        )

    def parse(self, text: str, puzzle: Puzzle) -> int:
        """Read one integer; thousands separators are allowed."""
        return parse_integer(text)

    def format_answer(self, answer: int) -> str:
        """Write plain digits."""
        return str(answer)

    def official_validator_accepts(self, item: Item[Puzzle, int], text: str) -> bool:
        """Search the text for the stored digits, plain or with thousands separators."""
        text = clean(text)
        return str(item.answer) in text or f"{item.answer:,}" in text

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, int]:
        """Read the factors and the stored product."""
        return SolvedPuzzle(Puzzle(tuple(record["answer"]["values"])), record["answer"]["target"])


def _factor(rng: Random, digits: int) -> int:
    lowest = 2 if digits == 1 else 10 ** (digits - 1)
    return rng.choice((-1, 1)) * rng.randrange(lowest, 10**digits)


TASK = NumberMultiply()
