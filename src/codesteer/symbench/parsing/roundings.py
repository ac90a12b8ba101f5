"""Decide whether a decimal is a rounded value, and leave out one that only repeats an exact value."""

import re
from fractions import Fraction

_NOISE = Fraction(1, 10**12)
"""Relative difference of a value that was computed in floats."""
_NUMBER = r"[-+]?(?:\d{1,50}(?:\.\d{1,50})?|\.\d{1,50})(?:\s?/\s?\d{1,50})?"
_LINK = (
    r"(?:={1,2}|[≈≃≅~]|\\(?:approx|simeq)|or|i\.e\.|that is|which is|about|approximately|approx\.|roughly"
    r"|rounded(?: to)?)"
)
_BETWEEN = rf"\s?,?\s?\(?\s?(?:{_LINK}[\s,]{{1,3}}|{_LINK}){{1,3}}|\s\(\s?"
_REPEATED = re.compile(
    rf"(?<![\w./*^)+-])({_NUMBER})({_BETWEEN})({_NUMBER})(\s?\))?(?![\w/]|\.\d|\s?[*^/])",
    re.IGNORECASE | re.ASCII,
)


def is_rounding(numeral: str, value: Fraction, tolerance: Fraction) -> bool:
    """Whether a numeral is this value, or a decimal that is rounded or truncated and within the tolerance."""
    difference = abs(Fraction(numeral) - value)
    if "." not in numeral or not difference:
        return not difference
    digits, _, exponent = numeral.partition(".")[2].lower().partition("e")
    last_place = Fraction(10) ** (int(exponent or 0) - len(digits))
    return difference <= tolerance and (difference < last_place or difference <= _NOISE * abs(value))


def without_approximations(text: str) -> str:
    """Leave out a number that repeats another one, rounded: ``7/3 ≈ 2.333`` and ``7/3 (2.333)`` become ``7/3``."""
    return _REPEATED.sub(_exact, _REPEATED.sub(_exact, text))


def _exact(found: re.Match[str]) -> str:
    """Return the more exact of two equal numbers; two other numbers as they are."""
    first, between, second, closed = found.groups()
    is_linked = between.strip(" ,(\t\n") or ("/" in first and "." in second)
    if ("(" in between) != bool(closed) or not is_linked:
        return found[0]
    for exact, other in ((first, second), (second, first)):
        if _repeats(other.replace(" ", ""), exact.replace(" ", "")):
            return exact
    return found[0]


def _repeats(numeral: str, exact: str) -> bool:
    """Whether a numeral is the exact value or a rounded one."""
    try:
        value = Fraction(exact) if "." not in exact or "/" not in exact else None
    except ZeroDivisionError:
        value = None
    if value is None:
        return False
    if "/" in numeral:
        return numeral == exact
    return is_rounding(numeral, value, abs(value) / 10)
