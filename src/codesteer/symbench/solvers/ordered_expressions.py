"""Arithmetic over numbers in a fixed order: draw an expression, or find one with a given value."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random

Tokens = tuple[str, ...]

_MAX_VALUES = 40_000
_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2}


@dataclass(frozen=True, slots=True)
class Subexpression:
    """A value, its tokens, and the precedence of its outermost operator (3 for a number)."""

    value: Fraction
    tokens: Tokens
    precedence: int = 3


def number(value: int) -> Subexpression:
    """Return a single number."""
    return Subexpression(Fraction(value), (str(value),))


def join(left: Subexpression, sign: str, right: Subexpression) -> Subexpression | None:
    """Join two parts with an operator, with parentheses only if needed; None for a division by zero."""
    if sign == "/" and not right.value:
        return None
    value = {
        "+": lambda: left.value + right.value,
        "-": lambda: left.value - right.value,
        "*": lambda: left.value * right.value,
        "/": lambda: left.value / right.value,
    }[sign]()
    precedence = _PRECEDENCE[sign]
    before = _parenthesize(left) if left.precedence < precedence else left.tokens
    after = _parenthesize(right) if right.precedence <= precedence else right.tokens
    return Subexpression(value, (*before, sign, *after), precedence)


def random_expression(numbers: Sequence[int], highest: int, rng: Random) -> Subexpression:
    """Draw an expression whose intermediate values are whole, positive and not too large."""
    parts = [number(value) for value in numbers]
    while len(parts) > 1:
        at = rng.randrange(len(parts) - 1)
        options = [
            part
            for sign in _PRECEDENCE
            if (part := join(parts[at], sign, parts[at + 1]))
            and part.value.denominator == 1
            and 1 <= part.value <= highest
        ]
        if not options:
            return Subexpression(Fraction(0), ())
        parts[at : at + 2] = [rng.choice(options)]
    return parts[0]


def find_expression(numbers: Sequence[int], target: int) -> Tokens | None:
    """Return an expression that equals the target; None if none was found.

    Tabulates the values of all runs of neighbouring numbers up to a limit, so with more than about six numbers None
    does not prove that there is no expression.
    """
    count = len(numbers)
    table: dict[tuple[int, int], dict[Fraction, Subexpression]] = {
        (at, at + 1): {Fraction(value): number(value)} for at, value in enumerate(numbers)
    }
    for length in range(2, count + 1):
        for start in range(count - length + 1):
            found = table[start, start + length] = {}
            for part in _combinations(table, start, start + length):
                if length == count and part.value == target:
                    return part.tokens
                if length < count and len(found) < _MAX_VALUES:
                    found.setdefault(part.value, part)
    return table[0, count].get(Fraction(target), Subexpression(Fraction(0), ())).tokens or None


def _combinations(
    table: dict[tuple[int, int], dict[Fraction, Subexpression]], start: int, end: int
) -> Iterator[Subexpression]:
    for middle in range(start + 1, end):
        for left in table[start, middle].values():
            for right in table[middle, end].values():
                for sign in _PRECEDENCE:
                    part = join(left, sign, right)
                    if part:
                        yield part


def _parenthesize(part: Subexpression) -> Tokens:
    return ("(", *part.tokens, ")")
