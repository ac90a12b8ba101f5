"""Evaluate arithmetic without ``eval``: exactly over fractions, or as Python would."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from codesteer.symbench.parsing.cleaning import unlatex
from codesteer.symbench.parsing.extraction import UnreadableError

_TOKEN = re.compile(r"\s*(\d+|\*\*|//|[-+*/%^()])", re.ASCII)
_BRACKETS = str.maketrans("[]{}•", "()()*")
_TIMES = re.compile(r"(?<=[\d)\]}])([\s,\"']{0,9})[xX](?=[\s,\"']{0,9}[\d(\[{])", re.ASCII)
_LABEL = re.compile(r"(?:\*\*)?[A-Za-z][A-Za-z ]{0,40}(?:\*\*)?[:=](?:\*\*)?")
_MAX_TOKENS = 2_000
_MAX_DIGITS = 40
_MAX_VALUE = 10**200


@dataclass(frozen=True, slots=True)
class Operator:
    """A binary or unary operator."""

    precedence: int
    apply: Callable[..., Any]
    right_associative: bool = False
    """Whether operators of equal precedence group from the right."""


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """A set of operators and the numbers they apply to."""

    number: Callable[[int], Any]
    binary: Mapping[str, Operator]
    unary: Mapping[str, Operator]


@dataclass(frozen=True, slots=True)
class Expression:
    """An arithmetic expression: its tokens, its operands from left to right, and its value."""

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
    "**": Operator(4, _power, right_associative=True),
}

EXACT: Final = Arithmetic(Fraction, {**_SUM, **_DIVISION}, {})
"""The four operations on whole numbers, without signs before a number."""
PYTHON: Final = Arithmetic(
    int,
    {**_SUM, **_DIVISION, **_PROGRAM},
    {"-": Operator(3, operator.neg), "+": Operator(3, operator.pos)},
)
"""The arithmetic of Python, with limits on size."""


def plain_expression(text: str) -> str:
    """Return an expression or a list of its tokens without LaTeX and a leading label, and with ``*`` for times."""
    text = unlatex(text)
    text = text[2:-2] if text.startswith("**") and text.endswith("**") else text
    label = _LABEL.match(text)
    return _TIMES.sub(r"\1*", text[label.end() :] if label else text)


def equation_sides(text: str) -> list[str]:
    """Return the sides of an equation with round brackets; an expression alone is its only side."""
    return re.split(r"={1,2}", text.translate(_BRACKETS))


def evaluate(text: str, arithmetic: Arithmetic = EXACT) -> Expression:
    """Parse and evaluate an expression.

    Raises:
        UnreadableError: It is not an expression with these operators, is too large, or divides by zero.
    """
    tokens = _tokens(text)
    try:
        value = _Evaluator(arithmetic).run(tokens)
    except ZeroDivisionError as problem:
        raise UnreadableError("the expression divides by zero") from problem
    except (OverflowError, TypeError) as problem:
        raise UnreadableError("the value of the expression is undefined or too large") from problem
    return Expression(tokens, tuple(int(token) for token in tokens if token.isdigit()), value)


def _tokens(text: str) -> tuple[str, ...]:
    tokens: list[str] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if not match or len(match.group(1)) > _MAX_DIGITS or len(tokens) >= _MAX_TOKENS:
            raise UnreadableError(f"{text[position : position + 20].strip()!r} is not arithmetic")
        tokens.append(match.group(1))
        position = match.end()
    return tuple(tokens)


class _Evaluator:
    """Precedence parsing with two explicit stacks, so that nesting cannot exhaust Python's own."""

    def __init__(self, arithmetic: Arithmetic) -> None:
        self._arithmetic = arithmetic
        self._values: list[Any] = []
        self._pending: list[tuple[str, Operator | None]] = []

    def run(self, tokens: tuple[str, ...]) -> Any:
        after_operand = False
        for token in tokens:
            after_operand = self._read_operator(token) if after_operand else self._read_operand(token)
        if not after_operand:
            raise UnreadableError("incomplete expression")
        self._reduce(-1)
        if self._pending:
            raise UnreadableError("unclosed parenthesis")
        return self._values.pop()

    def _read_operand(self, token: str) -> bool:
        """Consume a token where an operand may begin; return whether one is complete."""
        if token.isdigit():
            self._values.append(self._arithmetic.number(int(token)))
            return True
        if token == "(":  # noqa: S105 (a parenthesis, not a password)
            self._pending.append((token, None))
        elif token in self._arithmetic.unary:
            self._pending.append(("unary", self._arithmetic.unary[token]))
        else:
            raise UnreadableError(f"expected a number, found {token!r}")
        return False

    def _read_operator(self, token: str) -> bool:
        """Consume a token after a complete operand; return whether one is still complete."""
        if token == ")":  # noqa: S105 (a parenthesis, not a password)
            self._reduce(-1)
            if not self._pending:
                raise UnreadableError("unmatched closing parenthesis")
            self._pending.pop()
            return True
        found = self._arithmetic.binary.get(token)
        if found is None:
            raise UnreadableError(f"expected an operator, found {token!r}")
        self._reduce(found.precedence if found.right_associative else found.precedence - 1)
        self._pending.append((token, found))
        return False

    def _reduce(self, precedence: int) -> None:
        """Apply the pending operators of higher precedence, back to the last parenthesis."""
        while (
            self._pending
            and (pending := self._pending[-1])[1] is not None
            and pending[1].precedence > precedence
        ):
            self._pending.pop()
            right = self._values.pop()
            operands = (right,) if pending[0] == "unary" else (self._values.pop(), right)
            self._values.append(_require_bounded(pending[1].apply(*operands)))


def _require_bounded(value: Any) -> Any:
    size = max(abs(value.numerator), value.denominator) if isinstance(value, Fraction) else abs(value)
    if size > _MAX_VALUE:
        raise OverflowError
    return value
