"""Arithmetic between numbers whose order is fixed: draw an expression, or find one with a given value."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random

Tokens = tuple[str, ...]

_MOST = 40_000
_RANKS = {"+": 1, "-": 1, "*": 2, "/": 2}


@dataclass(frozen=True, slots=True)
class Part:
    """A value, the tokens that give it, and the rank of its outermost operator (3 for a number)."""

    value: Fraction
    tokens: Tokens
    rank: int = 3


def number(value: int) -> Part:
    """A single number."""
    return Part(Fraction(value), (str(value),))


def joined(left: Part, sign: str, right: Part) -> Part | None:
    """Two parts with an operator between, parentheses only where needed; None for a division by zero."""
    if sign == "/" and not right.value:
        return None
    value = {
        "+": lambda: left.value + right.value,
        "-": lambda: left.value - right.value,
        "*": lambda: left.value * right.value,
        "/": lambda: left.value / right.value,
    }[sign]()
    rank = _RANKS[sign]
    before = _enclosed(left) if left.rank < rank else left.tokens
    after = _enclosed(right) if right.rank <= rank else right.tokens
    return Part(value, (*before, sign, *after), rank)


def drawn(numbers: Sequence[int], highest: int, rng: Random) -> Part:
    """A random expression in which every intermediate value is whole, positive and not too high."""
    parts = [number(value) for value in numbers]
    while len(parts) > 1:
        at = rng.randrange(len(parts) - 1)
        options = [
            part
            for sign in _RANKS
            if (part := joined(parts[at], sign, parts[at + 1]))
            and part.value.denominator == 1
            and 1 <= part.value <= highest
        ]
        if not options:
            return Part(Fraction(0), ())
        parts[at : at + 2] = [rng.choice(options)]
    return parts[0]


def reached(numbers: Sequence[int], target: int) -> Tokens | None:
    """An expression with the value of the target; None when none was found.

    All values of all neighbouring numbers are tabulated, up to a limit, so beyond six or so numbers None
    proves nothing.
    """
    count = len(numbers)
    table: dict[tuple[int, int], dict[Fraction, Part]] = {
        (at, at + 1): {Fraction(value): number(value)} for at, value in enumerate(numbers)
    }
    for length in range(2, count + 1):
        for start in range(count - length + 1):
            found = table[start, start + length] = {}
            for part in _combined(table, start, start + length):
                if length == count and part.value == target:
                    return part.tokens
                if length < count and len(found) < _MOST:
                    found.setdefault(part.value, part)
    return table[0, count].get(Fraction(target), Part(Fraction(0), ())).tokens or None


def _combined(table: dict[tuple[int, int], dict[Fraction, Part]], start: int, end: int) -> Iterator[Part]:
    for middle in range(start + 1, end):
        for left in table[start, middle].values():
            for right in table[middle, end].values():
                for sign in _RANKS:
                    part = joined(left, sign, right)
                    if part:
                        yield part


def _enclosed(part: Part) -> Tokens:
    return ("(", *part.tokens, ")")
