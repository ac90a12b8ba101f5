"""Evaluate arithmetic without ``eval``: exactly over fractions, or as a Python program would."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from codesteer.symbench.parsing.spans import UnreadableError

_TOKEN = re.compile(r"\s*(\d+|\*\*|//|[-+*/%^()])", re.ASCII)
_TOKENS = 2_000
_DIGITS = 40
_LARGEST = 10**200


@dataclass(frozen=True, slots=True)
class Operator:
    """What stands between two operands, or before one."""

    rank: int
    apply: Callable[..., Any]
    leftward: bool = False
    """Whether equal ranks group from the right."""


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """A set of operators and the numbers they work on."""

    number: Callable[[int], Any]
    binary: Mapping[str, Operator]
    prefix: Mapping[str, Operator]


@dataclass(frozen=True, slots=True)
class Expression:
    """An arithmetic expression: its tokens, its operands from left to right, its value."""

    tokens: tuple[str, ...]
    operands: tuple[int, ...]
    value: Any


def _power(base: Any, exponent: Any) -> Any:
    if abs(exponent) > 64 or abs(base) > 10**6:
        raise OverflowError
    return base**exponent


_SUM = {"+": Operator(1, operator.add), "-": Operator(1, operator.sub), "*": Operator(2, operator.mul)}
_DIVISION = {"/": Operator(2, operator.truediv)}
_PROGRAM = {
    "//": Operator(2, operator.floordiv),
    "%": Operator(2, operator.mod),
    "^": Operator(0, operator.xor),
    "**": Operator(4, _power, leftward=True),
}

EXACT: Final = Arithmetic(Fraction, {**_SUM, **_DIVISION}, {})
"""The four operations between whole numbers, no sign before one."""
PYTHON: Final = Arithmetic(
    int,
    {**_SUM, **_DIVISION, **_PROGRAM},
    {"-": Operator(3, operator.neg), "+": Operator(3, operator.pos)},
)
"""What a Python program makes of the same text, within limits on size."""


def evaluate(text: str, arithmetic: Arithmetic = EXACT) -> Expression:
    """Parse and evaluate an expression.

    Raises:
        UnreadableError: It is no expression over these operators, too large, or divides by zero.
    """
    tokens = _tokens(text)
    try:
        value = _Stacks(arithmetic).run(tokens)
    except ZeroDivisionError as problem:
        raise UnreadableError("the expression divides by zero") from problem
    except (OverflowError, TypeError) as problem:
        raise UnreadableError("the expression has no such value") from problem
    return Expression(tokens, tuple(int(token) for token in tokens if token.isdigit()), value)


def _tokens(text: str) -> tuple[str, ...]:
    tokens: list[str] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if not match or len(match.group(1)) > _DIGITS or len(tokens) >= _TOKENS:
            raise UnreadableError(f"{text[position : position + 20].strip()!r} is not arithmetic")
        tokens.append(match.group(1))
        position = match.end()
    return tuple(tokens)


class _Stacks:
    """Precedence parsing with two explicit stacks, so that nesting cannot exhaust Python's own."""

    def __init__(self, arithmetic: Arithmetic) -> None:
        self._arithmetic = arithmetic
        self._values: list[Any] = []
        self._pending: list[tuple[str, Operator | None]] = []

    def run(self, tokens: tuple[str, ...]) -> Any:
        after_operand = False
        for token in tokens:
            after_operand = self._after(token) if after_operand else self._before(token)
        if not after_operand:
            raise UnreadableError("the expression ends too early")
        self._reduce(-1)
        if self._pending:
            raise UnreadableError("a parenthesis is not closed")
        return self._values.pop()

    def _before(self, token: str) -> bool:
        """Take a token where an operand may begin; says whether one is complete."""
        if token.isdigit():
            self._values.append(self._arithmetic.number(int(token)))
            return True
        if token == "(":  # noqa: S105 (a parenthesis, no password)
            self._pending.append((token, None))
        elif token in self._arithmetic.prefix:
            self._pending.append(("prefix", self._arithmetic.prefix[token]))
        else:
            raise UnreadableError(f"{token!r} stands where a number should be")
        return False

    def _after(self, token: str) -> bool:
        """Take a token behind a complete operand; says whether one is still complete."""
        if token == ")":  # noqa: S105 (a parenthesis, no password)
            self._reduce(-1)
            if not self._pending:
                raise UnreadableError("a parenthesis closes that was not opened")
            self._pending.pop()
            return True
        found = self._arithmetic.binary.get(token)
        if found is None:
            raise UnreadableError(f"{token!r} stands where an operator should be")
        self._reduce(found.rank if found.leftward else found.rank - 1)
        self._pending.append((token, found))
        return False

    def _reduce(self, rank: int) -> None:
        """Apply the pending operators that bind more tightly than a rank, back to the last parenthesis."""
        while self._pending and (pending := self._pending[-1])[1] is not None and pending[1].rank > rank:
            self._pending.pop()
            right = self._values.pop()
            operands = (right,) if pending[0] == "prefix" else (self._values.pop(), right)
            self._values.append(_bounded(pending[1].apply(*operands)))


def _bounded(value: Any) -> Any:
    size = max(abs(value.numerator), value.denominator) if isinstance(value, Fraction) else abs(value)
    if size > _LARGEST:
        raise OverflowError
    return value
