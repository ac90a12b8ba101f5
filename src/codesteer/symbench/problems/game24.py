"""Combine whole numbers with + - * / and parentheses to reach 24, each given number exactly once.

Signs before a number or a parenthesis and joined digits are not allowed. The official data are the 1,362 solvable
sets of four numbers from 1 to 13; ours have up to eighty numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from codesteer.symbench.item import Item, SolvedPuzzle
from codesteer.symbench.parsing import (
    EXACT,
    PYTHON,
    UnreadableError,
    equation_sides,
    evaluate,
    plain_expression,
)
from codesteer.symbench.solvers.countdown import combine
from codesteer.symbench.task import Task


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    count: int
    """How many numbers there are."""
    target: int = 24
    max_number: int = 13


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The given numbers and the value to reach."""

    numbers: tuple[int, ...]
    target: int


class Game24(Task[Difficulty, Puzzle, str]):
    """The game of 24 and larger variants."""

    slug = "game24"
    title = "Game of 24"
    seen = True
    answer_format = "an arithmetic expression"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty(3, max_number=99),  # with numbers up to 13 there are 111 questions
        Difficulty(4),  # the classic game, with its 1,362 questions
        *(Difficulty(count, max_number=30) for count in (5, 6, 8)),
        *(Difficulty(count) for count in (20, 40, 60, 80)),
    )

    def generate_puzzle(self, rng: Random, difficulty: Difficulty) -> SolvedPuzzle[Puzzle, str]:
        """Draw numbers until they can reach the target."""
        while True:
            numbers = tuple(sorted(rng.randint(1, difficulty.max_number) for _ in range(difficulty.count)))
            found = combine(numbers, difficulty.target, rng)
            if found:
                return SolvedPuzzle(Puzzle(numbers, difficulty.target), found[1:-1])

    def format_question(self, puzzle: Puzzle) -> str:
        """State the numbers, the operations and the format."""
        numbers = ", ".join(map(str, puzzle.numbers))
        return (
            f"Write an arithmetic expression with the value {puzzle.target} that uses each of these numbers "
            f"exactly once (a number listed several times is used that many times): {numbers}.\n"
            "Only + - * / between two operands and parentheses are allowed: no sign before a number or a "
            "parenthesis, no powers, no joining of digits. Fractions may arise on the way; the value must "
            "be exact. Any order of the numbers is fine.\n"
            "Give the expression alone in the format <<<expression>>>, for example <<<(10-9)*(11+13)>>> for "
            "24 from 9, 10, 11, 13."
        )

    def parse(self, text: str, puzzle: Puzzle) -> str:
        """Read an expression, or an equation that holds, of which the longest side is used."""
        sides = _sides(text)
        if len({evaluate(side).value for side in sides}) > 1:
            raise UnreadableError("the two sides of the equation differ")
        return max(sides, key=len)

    def find_violation(self, puzzle: Puzzle, answer: str) -> str | None:
        """Compare the operands with the given numbers and the exact value with the target."""
        expression = evaluate(answer, EXACT)
        if sorted(expression.operands) != sorted(puzzle.numbers):
            return "the expression does not use each given number exactly once"
        if expression.value != puzzle.target:
            return f"the expression has the value {expression.value}, not {puzzle.target}"
        return None

    def solve(self, item: Item[Puzzle, str]) -> str | None:
        """Search for an expression."""
        return combine(item.data.numbers, item.data.target, Random(0))  # noqa: S311 (not for secrets)

    def format_answer(self, answer: str) -> str:
        """Return the expression itself."""
        return answer

    def official_validator_accepts(self, item: Item[Puzzle, str], text: str) -> bool:
        """Compare in floats, exactly; allow powers, signs and remainders."""
        sides = _sides(text)
        left = evaluate(sides[0], PYTHON)
        right = evaluate(sides[-1], PYTHON).value if len(sides) > 1 else item.data.target
        used = sorted(left.operands) == sorted(item.data.numbers)
        return used and bool(left.value == item.data.target == right)

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, str]:
        """Read the numbers and the derived expression (the official data stores none)."""
        stored = record["answer"]
        return SolvedPuzzle(Puzzle(tuple(stored["numbers"]), stored["target"]), stored["derived_expression"])


def _sides(text: str) -> list[str]:
    return equation_sides(plain_expression(text))


TASK = Game24()
