"""Clues about two letters, and assignments of numbers to letters that satisfy a list of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from string import ascii_uppercase


@dataclass(frozen=True, slots=True)
class Clue:
    """A statement such as ``A = B``, ``A = 1.5B``, ``A + B = 9``, ``A - B = 2`` or ``A > B``."""

    left: str
    sign: str
    right: str
    number: str = ""

    def __str__(self) -> str:
        if self.sign == "*":
            return f"{self.left} = {self.number}{self.right}"
        return f"{self.left} {self.sign} {self.right}" + (f" = {self.number}" if self.number else "")

    def holds(self, values: Sequence[int]) -> bool:
        """Whether the statement is true when the values stand for A, B and so on."""
        return self.relates(values[_place(self.left)], values[_place(self.right)])

    def relates(self, left: int, right: int) -> bool:
        """Whether the statement is true of two numbers."""
        match self.sign:
            case "+":
                return left + right == int(self.number)
            case "-":
                return left - right == int(self.number)
            case ">":
                return left > right
        return left == Fraction(self.number or 1) * right


def random_true_clue(rng: Random, values: Sequence[int]) -> Clue:
    """Draw a true statement; one in twenty is a comparison, the others are equations."""
    while True:
        i, j = rng.sample(range(len(values)), 2)
        left, right = ascii_uppercase[i], ascii_uppercase[j]
        if rng.random() < 0.05:
            return Clue(left, ">", right) if values[i] > values[j] else Clue(right, ">", left)
        match rng.choice("+-*"):
            case "+":
                return Clue(min(left, right), "+", max(left, right), str(values[i] + values[j]))
            case "-":
                return Clue(left, "-", right, str(values[i] - values[j]))
        tenths = Fraction(10 * values[i], values[j])
        if tenths.denominator == 1 and 11 <= tenths <= 49:
            return Clue(left, "*", right, f"{tenths.numerator // 10}.{tenths.numerator % 10}")


def assignments(numbers: Sequence[int], clues: Sequence[Clue]) -> Iterator[tuple[int, ...]]:
    """Yield all assignments of the numbers to A, B, … that satisfy the clues."""
    order = _order(len(numbers), clues)
    ready = [
        [
            clue
            for clue in clues
            if {clue.left, clue.right} <= set(order[: i + 1]) and order[i] in (clue.left, clue.right)
        ]
        for i in range(len(order))
    ]
    yield from _extensions({}, sorted(numbers), order, ready)


def _extensions(
    chosen: dict[str, int], free: list[int], order: list[str], ready: list[list[Clue]]
) -> Iterator[tuple[int, ...]]:
    if not free:
        yield tuple(chosen[letter] for letter in sorted(chosen))
        return
    letter = order[len(chosen)]
    for number in free:
        extended = {**chosen, letter: number}
        if all(clue.relates(extended[clue.left], extended[clue.right]) for clue in ready[len(chosen)]):
            yield from _extensions(extended, [other for other in free if other != number], order, ready)


def _order(count: int, clues: Sequence[Clue]) -> list[str]:
    """Order the letters: next is always the one that shares most clues with those before."""
    rest, order = list(ascii_uppercase[:count]), list[str]()
    while rest:
        links = {
            letter: (
                sum(
                    letter in (clue.left, clue.right) and {clue.left, clue.right} & set(order) != set()
                    for clue in clues
                ),
                sum(letter in (clue.left, clue.right) for clue in clues),
            )
            for letter in rest
        }
        best = max(rest, key=links.__getitem__)
        rest.remove(best)
        order.append(best)
    return order


def _place(letter: str) -> int:
    return ascii_uppercase.index(letter)
