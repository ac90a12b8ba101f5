"""Insert + - * / and parentheses between numbers, in the given order, to reach a target.

The official targets are fixed for each number of digits; ours vary, and on the first two levels the numbers are
not only digits. The official validator accepts the numbers in any order, powers, floor division and a leading
minus.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from codesteer.symbench.item import Item, SolvedPuzzle
from codesteer.symbench.parsing import (
    EXACT,
    PYTHON,
    UnreadableError,
    equation_sides,
    evaluate,
    plain_expression,
)
from codesteer.symbench.solvers.ordered_expressions import Tokens, find_expression, random_expression
from codesteer.symbench.task import Task

_MAX_SEARCHED: Final = 5


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    count: int
    """How many numbers there are."""
    min_target: int
    max_target: int
    max_number: int = 9
    """Maximum value of a number."""


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The numbers in their order, and the target."""

    numbers: tuple[int, ...]
    target: int


class CombinatorialCalculation(Task[Difficulty, Puzzle, Tokens]):
    """Calculating to a target in order."""

    slug = "combinatorial_calculation"
    title = "Combinatorial calculation"
    seen = False
    answer_format = "a list of numbers and signs"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty(3, 5, 99, max_number=50),
        Difficulty(4, 20, 100, max_number=20),
        Difficulty(5, 50, 100),
        Difficulty(6, 100, 300),
        Difficulty(8, 150, 400),
        Difficulty(15, 300, 600),
        Difficulty(20, 500, 1000),
        Difficulty(40, 1000, 5000),
    )

    def generate_puzzle(self, rng: Random, difficulty: Difficulty) -> SolvedPuzzle[Puzzle, Tokens]:
        """Draw numbers and an expression over them until its value is in the target range."""
        while True:
            numbers = tuple(rng.randint(1, difficulty.max_number) for _ in range(difficulty.count))
            part = random_expression(numbers, difficulty.max_target, rng)
            if part.value >= difficulty.min_target:
                return SolvedPuzzle(Puzzle(numbers, int(part.value)), part.tokens)

    def format_question(self, puzzle: Puzzle) -> str:
        """State the numbers, the operations and the format."""
        numbers = " ".join(map(str, puzzle.numbers))
        return (
            f"Insert + - * / and parentheses between these numbers so that the result is {puzzle.target}:\n\n"
            f"{numbers}\n\n"
            "The numbers stay in this order and each is used exactly once. One of the four signs must stand "
            "between two neighbouring numbers; * and / bind more tightly than + and -, equal signs go from "
            "left to right; digits may not be joined, and no sign may stand before the first number or right "
            "after an opening parenthesis. Fractions may arise on the way; the result must be exact.\n"
            "Give the numbers, signs and parentheses as a list in the format <<<[...]>>>; (9 - 5) * 4 is "
            "<<<[(, 9, -, 5, ), *, 4]>>>."
        )

    def parse(self, text: str, puzzle: Puzzle) -> Tokens:
        """Read a list of tokens, or an expression, possibly the left side of an equation."""
        text = plain_expression(text)
        if "," in text:
            text = text.removeprefix("[").removesuffix("]").translate(str.maketrans(",\"'", "   "))
        sides = [evaluate(side, EXACT) for side in equation_sides(text)]
        if len({side.value for side in sides}) > 1:
            raise UnreadableError("the two sides of the equation differ")
        return max(sides, key=lambda side: len(side.tokens)).tokens

    def find_violation(self, puzzle: Puzzle, answer: Tokens) -> str | None:
        """Compare the numbers in order, then the exact value with the target."""
        expression = evaluate(" ".join(answer), EXACT)
        if expression.operands != puzzle.numbers:
            return "the numbers are not the given ones in their order"
        if expression.value != puzzle.target:
            return f"the expression has the value {expression.value}, not {puzzle.target}"
        return None

    def solve(self, item: Item[Puzzle, Tokens]) -> Tokens | None:
        """Tabulate all values of neighbouring numbers if there are few."""
        numbers = item.data.numbers
        return find_expression(numbers, item.data.target) if len(numbers) <= _MAX_SEARCHED else None

    def format_answer(self, answer: Tokens) -> str:
        """Write the tokens as a list without quotes."""
        return f"[{', '.join(answer)}]"

    def official_validator_accepts(self, item: Item[Puzzle, Tokens], text: str) -> bool:
        """Allow any order of the numbers; evaluate the joined tokens as a program would."""
        text = plain_expression(text)
        if "," in text:
            text = text.removeprefix("[").removesuffix("]")
            tokens = [token.strip(" \"'") for token in text.split(",")]
        else:
            tokens = list(evaluate(equation_sides(text)[0], PYTHON).tokens)
        expression = evaluate("".join(tokens), PYTHON)
        numbers = evaluate("+".join(token for token in tokens if token.isdigit()), PYTHON).operands
        return sorted(numbers) == sorted(item.data.numbers) and bool(expression.value == item.data.target)

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, Tokens]:
        """Read the numbers, the target and the stored tokens."""
        stored = record["answer"]
        return SolvedPuzzle(Puzzle(tuple(stored["numbers"]), stored["target"]), tuple(stored["solution"]))


TASK = CombinatorialCalculation()
