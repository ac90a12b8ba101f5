"""Multiply two to four signed whole numbers.

A factor has a given number of digits and is never 0, 1 or -1. The official question asks for no format and
writes negative factors without parentheses; ours writes the parentheses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from random import Random
from typing import Any

from codesteer.symbench.item import Item, Posed
from codesteer.symbench.parsing import parse_integer, plain
from codesteer.symbench.task import ComputedTask


@dataclass(frozen=True, slots=True)
class Knobs:
    """What makes a product hard."""

    digits: tuple[int, ...]
    """The number of digits of each factor."""


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The factors in the order of the question."""

    factors: tuple[int, ...]


class NumberMultiply(ComputedTask[Knobs, Puzzle, int]):
    """Products of signed whole numbers."""

    slug = "number_multiply"
    title = "Number multiplication"
    seen = False
    form = "an integer"
    puzzle_type = Puzzle
    ladder = (
        Knobs((2, 3)),
        Knobs((1, 2, 4)),
        Knobs((1, 3, 4)),
        Knobs((1, 2, 2, 4)),
        Knobs((4, 4)),
        Knobs((8, 8)),
        Knobs((12, 12)),
        Knobs((16, 16)),
        Knobs((20, 20)),
    )

    def draw(self, rng: Random, knobs: Knobs) -> Puzzle:
        """Draw factors of the given lengths with random signs."""
        return Puzzle(tuple(_factor(rng, digits) for digits in knobs.digits))

    def compute(self, puzzle: Puzzle) -> int:
        """The product."""
        return prod(puzzle.factors)

    def ask(self, puzzle: Puzzle) -> str:
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

    def render(self, answer: int) -> str:
        """Plain digits."""
        return str(answer)

    def published(self, item: Item[Puzzle, int], text: str) -> bool:
        """The stored digits, plain or with thousands commas, occur anywhere in the text."""
        text = plain(text)
        return str(item.answer) in text or f"{item.answer:,}" in text

    def read(self, record: Mapping[str, Any]) -> Posed[Puzzle, int]:
        """The factors and the stored product."""
        return Posed(Puzzle(tuple(record["answer"]["values"])), record["answer"]["target"])


def _factor(rng: Random, digits: int) -> int:
    lowest = 2 if digits == 1 else 10 ** (digits - 1)
    return rng.choice((-1, 1)) * rng.randrange(lowest, 10**digits)


TASK = NumberMultiply()
