"""Evaluate closed forms written in LaTeX or plainly: fractions, roots, powers, pi, factorials, binomials."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import comb, factorial, inf, isqrt, pi
from typing import Final

from codesteer.symbench.parsing.spans import UnreadableError

_TOKEN = re.compile(r"\d+\.?\d*|\.\d+|\\[A-Za-z]+|[A-Za-z]+|\S", re.ASCII)
_TOKENS: Final = 300
_DEPTH: Final = 30
_BITS: Final = 4000
_MOST: Final = 400
"""The largest factorial, binomial coefficient or exponent that is computed exactly."""
_TIMES: Final = frozenset(("*", "\\cdot", "\\times"))
_OVER: Final = frozenset(("/", "\\div"))
_CLOSING: Final = {"(": ")", "{": "}", "[": "]"}
_PI: Final = frozenset(("\\pi", "pi", "π"))
_ROOT: Final = frozenset(("\\sqrt", "sqrt", "√"))


@dataclass(frozen=True, slots=True)
class Value:
    """A real number, exactly where it is rational and was not written with a decimal point."""

    approx: float
    exact: Fraction | None = None
    rounded: bool = False
    """Whether a decimal point occurs in it, so that it may be rounded."""


def evaluate_formula(text: str) -> Value:
    """The value of a closed form.

    Raises:
        UnreadableError: The text is none, or too long, too deep or too large.
    """
    tokens = _TOKEN.findall(text)
    if not tokens or len(tokens) > _TOKENS:
        raise UnreadableError("expected a formula")
    reader = _Reader(tokens)
    try:
        value = reader.total(0)
    except (OverflowError, ZeroDivisionError) as problem:
        raise UnreadableError("the formula has no such value") from problem
    if reader.next is not None or abs(value.approx) == inf or value.approx != value.approx:
        raise UnreadableError(f"{reader.next or text[:20]!r} stands where the formula should end")
    return value


class _Reader:
    """Recursive descent over the tokens, with a limit on its depth."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def next(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self, *expected: str) -> bool:
        if self.next in expected:
            self._at += 1
            return True
        return False

    def total(self, depth: int) -> Value:
        """Terms with + and - between."""
        if depth > _DEPTH:
            raise UnreadableError("the formula is nested too deeply")
        negative = self._take("-") or (self._take("+") and False)
        value = self._product(depth)
        value = _negated(value) if negative else value
        while self.next in ("+", "-"):
            negative = self._take("-") or not self._take("+")
            term = self._product(depth)
            value = _sum(value, _negated(term) if negative else term)
        return value

    def _product(self, depth: int) -> Value:
        """Factors with a sign between or none; a fraction right behind a whole number is added to it."""
        start = self._at
        value = self._power(depth)
        while self.next is not None and self.next not in ("+", "-", ")", "}", "]"):
            if self._take(*_OVER):
                value = _quotient(value, self._signed(depth))
            elif self._take(*_TIMES):
                value = _product(value, self._signed(depth))
            elif _is_number(self.next):
                raise UnreadableError("two numbers stand side by side")
            else:
                mixed = self._at == start + 1 and _is_number(self._tokens[start]) and self.next == "\\frac"
                factor = self._power(depth)
                part = factor.exact is not None and 0 < factor.exact < 1
                value = _sum(value, factor) if mixed and part else _product(value, factor)
        return value

    def _signed(self, depth: int) -> Value:
        return _negated(self._power(depth)) if self._take("-") else self._power(depth)

    def _power(self, depth: int) -> Value:
        value = self._atom(depth)
        while self._take("!"):
            value = _whole(value, lambda number: factorial(number))
        if self._take("^", "**"):
            negative = self._take("-")
            exponent = self._atom(depth)
            value = _raised(value, _negated(exponent) if negative else exponent)
        return value

    def _atom(self, depth: int) -> Value:
        token = self.next
        self._at += 1
        if token is None:
            raise UnreadableError("the formula ends too early")
        if _is_number(token):
            return _number(token)
        if token in _PI:
            return Value(pi)
        if token in _CLOSING:
            return self._closed(token, depth)
        if token in _ROOT:
            degree = self._group("[", depth).approx if self.next == "[" else 2
            return _root(self._atom(depth + 1), degree)
        if token == "\\frac":  # noqa: S105 (LaTeX, no password)
            return _quotient(self._group("{", depth), self._group("{", depth))
        if token == "\\binom":  # noqa: S105
            return _binomial(self._group("{", depth), self._group("{", depth))
        raise UnreadableError(f"{token[:20]!r} is no part of a formula")

    def _group(self, opening: str, depth: int) -> Value:
        if not self._take(opening):
            raise UnreadableError(f"expected {opening!r}")
        return self._closed(opening, depth)

    def _closed(self, opening: str, depth: int) -> Value:
        value = self.total(depth + 1)
        if not self._take(_CLOSING[opening]):
            raise UnreadableError(f"a {opening!r} is not closed")
        return value


def _is_number(token: str) -> bool:
    return token[0] in "0123456789" or (token[0] == "." and len(token) > 1)


def _number(token: str) -> Value:
    if len(token) > 60:
        raise UnreadableError("a number in a formula has at most 60 digits")
    value = Fraction(token.rstrip("."))
    return Value(float(value), value, rounded="." in token.rstrip("."))


def _combined(
    one: Value, other: Value, apply: Callable[[Fraction, Fraction], Fraction], approx: float
) -> Value:
    exact = None if one.exact is None or other.exact is None else apply(one.exact, other.exact)
    if exact is not None and exact.numerator.bit_length() + exact.denominator.bit_length() > _BITS:
        exact = None
    return Value(approx, exact, one.rounded or other.rounded)


def _sum(one: Value, other: Value) -> Value:
    return _combined(one, other, lambda a, b: a + b, one.approx + other.approx)


def _negated(value: Value) -> Value:
    return Value(-value.approx, None if value.exact is None else -value.exact, value.rounded)


def _product(one: Value, other: Value) -> Value:
    return _combined(one, other, lambda a, b: a * b, one.approx * other.approx)


def _quotient(one: Value, other: Value) -> Value:
    return _combined(one, other, lambda a, b: a / b, one.approx / other.approx)


def _raised(base: Value, exponent: Value) -> Value:
    if base.approx < 0 and not float(exponent.approx).is_integer():
        raise UnreadableError("a negative number has no such power")
    approx = float(base.approx**exponent.approx)
    power = exponent.exact
    if base.exact is None or power is None or power.denominator > 1 or abs(power) > _MOST:
        return Value(approx, None, base.rounded or exponent.rounded)
    return _combined(base, exponent, lambda a, b: a ** int(b), approx)


def _root(value: Value, degree: float) -> Value:
    if value.approx < 0 or degree <= 0:
        raise UnreadableError("there is no such real root")
    if degree == 2 and value.exact is not None:
        above, below = isqrt(value.exact.numerator), isqrt(value.exact.denominator)
        if Fraction(above, below) ** 2 == value.exact:
            return Value(above / below, Fraction(above, below), value.rounded)
    return Value(value.approx ** (1 / degree), None, value.rounded)


def _whole(value: Value, apply: Callable[[int], int]) -> Value:
    """The function of a small whole number.

    Raises:
        UnreadableError: The value is none.
    """
    if value.exact is None or value.exact.denominator > 1 or not 0 <= value.exact <= _MOST:
        raise UnreadableError("expected a small whole number")
    result = apply(int(value.exact))
    return Value(float(result), Fraction(result))


def _binomial(above: Value, below: Value) -> Value:
    return _whole(above, lambda one: int(_whole(below, lambda other: comb(one, other)).approx))
