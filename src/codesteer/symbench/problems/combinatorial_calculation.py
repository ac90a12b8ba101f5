"""Put + - * / and parentheses between numbers, whose order must be kept, to reach a target.

The official targets are fixed for each number of digits; ours vary, and on the first two levels the
numbers are not only digits. The official validator lets the numbers
change places and accepts powers, whole division and a leading minus.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from codesteer.symbench.item import Item, Posed
from codesteer.symbench.parsing import EXACT, PYTHON, UnreadableError, evaluate, unlatex
from codesteer.symbench.solvers.ordered import Tokens, drawn, reached
from codesteer.symbench.task import Task

_BRACKETS: Final = str.maketrans("[]{}", "()()")
_SEARCHED: Final = 5


@dataclass(frozen=True, slots=True)
class Knobs:
    """What makes a calculation hard."""

    count: int
    """How many numbers there are."""
    lowest: int
    """The range of the target."""
    highest: int
    largest: int = 9
    """The largest of the numbers."""


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The numbers in their order, and the target."""

    numbers: tuple[int, ...]
    target: int


class CombinatorialCalculation(Task[Knobs, Puzzle, Tokens]):
    """Calculating to a target in order."""

    slug = "combinatorial_calculation"
    title = "Combinatorial calculation"
    seen = False
    form = "a list of numbers and signs"
    puzzle_type = Puzzle
    ladder = (
        Knobs(3, 5, 99, largest=50),
        Knobs(4, 20, 100, largest=20),
        Knobs(5, 50, 100),
        Knobs(6, 100, 300),
        Knobs(8, 150, 400),
        Knobs(15, 300, 600),
        Knobs(20, 500, 1000),
        Knobs(40, 1000, 5000),
    )

    def pose(self, rng: Random, knobs: Knobs) -> Posed[Puzzle, Tokens]:
        """Draw numbers and an expression over them until its value lies in the range."""
        while True:
            numbers = tuple(rng.randint(1, knobs.largest) for _ in range(knobs.count))
            part = drawn(numbers, knobs.highest, rng)
            if part.value >= knobs.lowest:
                return Posed(Puzzle(numbers, int(part.value)), part.tokens)

    def ask(self, puzzle: Puzzle) -> str:
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
        """Read a list of tokens, or an expression, which may be the left side of an equation."""
        text = unlatex(text)
        if "," in text:
            text = text.removeprefix("[").removesuffix("]").translate(str.maketrans(",\"'", "   "))
        left, *others = text.translate(_BRACKETS).split("=")
        expression = evaluate(left, EXACT)
        if any(evaluate(other).value != expression.value for other in others):
            raise UnreadableError("the two sides of the equation differ")
        return expression.tokens

    def fault(self, puzzle: Puzzle, answer: Tokens) -> str | None:
        """Compare the numbers in order and the exact value with the target."""
        expression = evaluate(" ".join(answer), EXACT)
        if expression.operands != puzzle.numbers:
            return "the numbers are not the given ones in their order"
        if expression.value != puzzle.target:
            return f"the expression has the value {expression.value}, not {puzzle.target}"
        return None

    def solve(self, item: Item[Puzzle, Tokens]) -> Tokens | None:
        """Tabulate all values of neighbouring numbers where they are few."""
        numbers = item.data.numbers
        return reached(numbers, item.data.target) if len(numbers) <= _SEARCHED else None

    def render(self, answer: Tokens) -> str:
        """A list of tokens without quotes."""
        return f"[{', '.join(answer)}]"

    def published(self, item: Item[Puzzle, Tokens], text: str) -> bool:
        """The same numbers in any order; tokens are joined and evaluated as a program would."""
        text = unlatex(text)
        if "," in text:
            text = text.removeprefix("[").removesuffix("]")
            tokens = [token.strip(" \"'") for token in text.split(",")]
        else:
            tokens = list(evaluate(text.split("=")[0].translate(_BRACKETS), PYTHON).tokens)
        expression = evaluate("".join(tokens), PYTHON)
        numbers = evaluate("+".join(token for token in tokens if token.isdigit()), PYTHON).operands
        return sorted(numbers) == sorted(item.data.numbers) and bool(expression.value == item.data.target)

    def read(self, record: Mapping[str, Any]) -> Posed[Puzzle, Tokens]:
        """The numbers, the target and the stored tokens."""
        stored = record["answer"]
        return Posed(Puzzle(tuple(stored["numbers"]), stored["target"]), tuple(stored["solution"]))


TASK = CombinatorialCalculation()
