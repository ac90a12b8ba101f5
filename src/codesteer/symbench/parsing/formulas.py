"""Evaluate closed forms in LaTeX or plain text: fractions, roots, powers, pi, factorials, binomials."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import comb, factorial, inf, isfinite, isqrt, pi
from typing import Final

from codesteer.symbench.parsing.extraction import UnreadableError

_TOKEN = re.compile(
    r"\d+\.?\d*(?:[eE][-+]?\d{1,3}(?![\dA-Za-z]))?|\.\d+|\\[A-Za-z]+|[A-Za-z]+|\*\*|\S", re.ASCII
)
_MAX_TOKENS: Final = 300
_MAX_DEPTH: Final = 30
_MAX_BITS: Final = 4000
_MAX_EXACT: Final = 400
"""Largest argument of a factorial, binomial coefficient or power that is computed exactly."""
_MULTIPLICATION: Final = frozenset(("*", "\\cdot", "\\times"))
_DIVISION: Final = frozenset(("/", "\\div"))
_CLOSING: Final = {"(": ")", "{": "}", "[": "]"}
_ENDS_PRODUCT: Final = frozenset(("+", "-", ")", "}", "]", ",", "\\choose", "choose"))
_PI: Final = frozenset(("\\pi", "pi", "π"))
_CHOOSE: Final = frozenset(("\\choose", "choose"))
_ROOT: Final = frozenset(("\\sqrt", "sqrt", "√"))


@dataclass(frozen=True, slots=True)
class Value:
    """A real number; exact if it is rational and was written without a decimal point."""

    approx: float
    exact: Fraction | None = None
    rounded: bool = False
    """Whether it contains a decimal point and may be rounded."""


def evaluate_formula(text: str) -> Value:
    """Evaluate a closed form.

    Raises:
        UnreadableError: The text is not a formula, or is too long, too deep or too large.
    """
    tokens = _TOKEN.findall(text)
    if not tokens or len(tokens) > _MAX_TOKENS:
        raise UnreadableError("expected a formula")
    parser = _Parser(tokens)
    try:
        value = parser.parse_all()
    except (OverflowError, ZeroDivisionError) as problem:
        raise UnreadableError("the value of the formula is undefined or too large") from problem
    if parser.next is not None or not isfinite(value.approx):
        raise UnreadableError(f"expected the end of the formula, found {parser.next or text[:20]!r}")
    return value


class _Parser:
    """A recursive-descent parser with a limit on its depth."""

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

    def parse_all(self) -> Value:
        """Parse a sum, or ``n choose k`` without brackets."""
        value = self.parse_sum(0)
        return _binomial(value, self.parse_sum(0)) if self._take(*_CHOOSE) else value

    def parse_sum(self, depth: int) -> Value:
        """Parse terms joined by + and -."""
        if depth > _MAX_DEPTH:
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
        """Parse factors, with or without a sign between; add a fraction right after a whole number to it."""
        start = self._at
        value, divided = self._mixed() or self._power(depth), False
        while self.next is not None and self.next not in _ENDS_PRODUCT:
            if self._take(*_DIVISION):
                divided = True
                value = _quotient(value, self._signed(depth))
            elif self._take(*_MULTIPLICATION):
                value = _product(value, self._signed(depth))
            elif _is_number(self.next) and (divided or self._tokens[self._at - 1] != "!"):
                raise UnreadableError("two adjacent numbers")
            else:
                mixed = self._at == start + 1 and _is_number(self._tokens[start]) and self.next == "\\frac"
                factor = self._power(depth)
                part = factor.exact is not None and 0 < factor.exact < 1
                value = _sum(value, factor) if mixed and part else _product(value, factor)
        return value

    def _mixed(self) -> Value | None:
        """Parse a mixed number such as ``2 1/3``."""
        tokens = self._tokens[self._at : self._at + 4]
        if len(tokens) < 4 or tokens[2] != "/" or not all(tokens[at].isdecimal() for at in (0, 1, 3)):
            return None
        whole, above, below = (_number(tokens[at]) for at in (0, 1, 3))
        if not 0 < above.approx < below.approx:
            return None
        self._at += 4
        return _sum(whole, _quotient(above, below))

    def _signed(self, depth: int) -> Value:
        return _negated(self._power(depth)) if self._take("-") else self._power(depth)

    def _power(self, depth: int) -> Value:
        value = self._atom(depth)
        while self._take("!"):
            value = _exact(Fraction(factorial(_small_integer(value))))
        if self._take("C"):
            value = _binomial(value, self._atom(depth))
        if self._take("^", "**"):
            negative = self._take("-")
            exponent = self._atom(depth)
            value = _raised(value, _negated(exponent) if negative else exponent)
        return value

    def _atom(self, depth: int) -> Value:
        token = self.next
        self._at += 1
        if token is None:
            raise UnreadableError("incomplete formula")
        if _is_number(token):
            return _number(token)
        if token in _PI:
            return Value(pi)
        if token in _CLOSING:
            return self._closed(token, depth)
        if token in _ROOT:
            degree = self._group("[", depth).approx if self.next == "[" else 2
            return _root(self._atom(depth + 1), degree)
        if token == "\\frac":  # noqa: S105 (LaTeX, not a password)
            return _quotient(self._group("{", depth), self._group("{", depth))
        if token == "\\binom":  # noqa: S105
            return _binomial(self._group("{", depth), self._group("{", depth))
        if token == "C":  # noqa: S105
            return self._pair(depth)
        raise UnreadableError(f"{token[:20]!r} is not part of a formula")

    def _group(self, opening: str, depth: int) -> Value:
        if not self._take(opening):
            raise UnreadableError(f"expected {opening!r}")
        return self._closed(opening, depth)

    def _pair(self, depth: int) -> Value:
        """Parse the two arguments of a binomial coefficient such as ``C(5, 2)``."""
        opened = self._take("(")
        above = self.parse_sum(depth + 1)
        if not opened or not self._take(","):
            raise UnreadableError("expected C(n, k)")
        below = self.parse_sum(depth + 1)
        if not self._take(")"):
            raise UnreadableError("unclosed '('")
        return _binomial(above, below)

    def _closed(self, opening: str, depth: int) -> Value:
        value = self.parse_sum(depth + 1)
        if self._take(*_CHOOSE):
            value = _binomial(value, self.parse_sum(depth + 1))
        if not self._take(_CLOSING[opening]):
            raise UnreadableError(f"unclosed {opening!r}")
        return value


def _is_number(token: str) -> bool:
    return token[0] in "0123456789" or (token[0] == "." and len(token) > 1)


def _number(token: str) -> Value:
    if len(token) > 60:
        raise UnreadableError("a number in a formula has at most 60 digits")
    return _exact(Fraction(token.rstrip(".")), rounded="." in token.rstrip("."))


def _exact(value: Fraction, rounded: bool = False) -> Value:
    """Return an exact value, of which the float may be infinite."""
    try:
        return Value(float(value), value, rounded)
    except OverflowError:
        return Value(inf if value > 0 else -inf, value, rounded)


def _combine(
    one: Value, other: Value, apply: Callable[[Fraction, Fraction], Fraction], approx: Callable[[], float]
) -> Value:
    """Combine exactly while both values are exact and the result is not too long, else in floats."""
    rounded = one.rounded or other.rounded
    if one.exact is None or other.exact is None:
        return Value(approx(), None, rounded)
    exact = apply(one.exact, other.exact)
    short = exact.numerator.bit_length() + exact.denominator.bit_length() <= _MAX_BITS
    return _exact(exact, rounded) if short else Value(approx(), None, rounded)


def _sum(one: Value, other: Value) -> Value:
    return _combine(one, other, lambda a, b: a + b, lambda: one.approx + other.approx)


def _negated(value: Value) -> Value:
    return Value(-value.approx, None if value.exact is None else -value.exact, value.rounded)


def _product(one: Value, other: Value) -> Value:
    return _combine(one, other, lambda a, b: a * b, lambda: one.approx * other.approx)


def _quotient(one: Value, other: Value) -> Value:
    return _combine(one, other, lambda a, b: a / b, lambda: one.approx / other.approx)


def _raised(base: Value, exponent: Value) -> Value:
    if base.approx < 0 and not float(exponent.approx).is_integer():
        raise UnreadableError("a negative number has no real fractional power")
    power = exponent.exact
    if base.exact is None or power is None or power.denominator > 1 or abs(power) > _MAX_EXACT:
        return Value(float(base.approx**exponent.approx), None, base.rounded or exponent.rounded)
    return _combine(base, exponent, lambda a, b: a ** int(b), lambda: float(base.approx**exponent.approx))


def _root(value: Value, degree: float) -> Value:
    if value.approx < 0 or degree <= 0:
        raise UnreadableError("there is no such real root")
    if degree == 2 and value.exact is not None:
        above, below = isqrt(value.exact.numerator), isqrt(value.exact.denominator)
        if Fraction(above, below) ** 2 == value.exact:
            return Value(above / below, Fraction(above, below), value.rounded)
    return Value(value.approx ** (1 / degree), None, value.rounded)


def _small_integer(value: Value) -> int:
    """Return a small whole number.

    Raises:
        UnreadableError: The value is not one.
    """
    if value.exact is None or value.exact.denominator > 1 or not 0 <= value.exact <= _MAX_EXACT:
        raise UnreadableError("expected a small whole number")
    return int(value.exact)


def _binomial(above: Value, below: Value) -> Value:
    return _exact(Fraction(comb(_small_integer(above), _small_integer(below))))
