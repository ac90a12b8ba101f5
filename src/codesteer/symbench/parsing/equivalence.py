r"""Decide whether two answers in LaTeX or plain text are equivalent, without a model.

Compare, in this order: the texts without markup, units and spaces; lists, tuples and sets part by part; the
values. Exact values must be equal; with a decimal point, a relative difference of 0.001 is allowed: 1/3 is
equivalent to 0.3333, but 33801 is not to 33800. A percentage is equivalent to its number, with or without the sign,
and to its value: 50% to 50 and to 1/2.
"""

import re
from typing import Final

from codesteer.symbench.parsing.extraction import UnreadableError
from codesteer.symbench.parsing.formulas import Value, evaluate_formula
from codesteer.symbench.parsing.math_notation import compact, normalize_math

_TOLERANCE: Final = 1e-3
_EQUAL: Final = 1e-11
"""Maximum relative difference between two floats of the same irrational number."""
_MAX_PARTS: Final = 30
_MAX_LENGTH: Final = 500
_CONSISTENT: Final = 1e-2
"""Maximum relative difference between a number and its rounding in the same answer."""
_APPROXIMATELY = re.compile(r"≈|\\approx(?![A-Za-z])")
_BRACKETS: Final = {"(": ")", "[": "]", "{": "}"}


def is_equivalent(given: str, stored: str, tolerant: bool = False) -> bool:
    """Whether an answer is equivalent to the stored one.

    Args:
        given: The answer.
        stored: The right answer.
        tolerant: Whether exact numbers, too, may differ by 0.001 (relative).

    Raises:
        UnreadableError: The stored answer is a number, and the given one is not.
    """
    if len(given) > _MAX_LENGTH:
        raise UnreadableError(f"an answer of this kind has at most {_MAX_LENGTH} characters")
    left, right = normalize_math(given), normalize_math(stored)
    if compact(left) == compact(right):
        return True
    if len(_split(right)) > 1:
        return _equivalent_lists(left, right, tolerant)
    if len(_split(left)) > 1:
        return False
    return _value(right) is not None and _equivalent_numbers(left, right, tolerant)


def _split(text: str) -> list[str]:
    """Split at commas outside all brackets but the outermost."""
    parts, depth = [""], 0
    for sign in _inside(text):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0 and len(parts) < _MAX_PARTS:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def _inside(text: str) -> str:
    """Remove one pair of brackets around a list."""
    pair = bool(text) and text[0] in "([{" and text[-1] in ")]}"
    return text[1:-1] if pair and "," in text else text


def _equivalent_lists(left: str, right: str, tolerant: bool) -> bool:
    """Whether two lists match; order is ignored in sets, brackets matter in half-open intervals."""
    parts, expected = _split(left), _split(right)
    if len(parts) != len(expected):
        return False
    if (_is_half_open(left) or _is_half_open(right)) and (left[0], left[-1]) != (right[0], right[-1]):
        return False
    if right[0] != "{" and right[0] in _BRACKETS:
        pairs = zip(parts, expected, strict=True)
        return left[0] != "{" and all(is_equivalent(part, item, tolerant) for part, item in pairs)
    remaining = list(expected)
    for part in parts:
        match = next((item for item in remaining if is_equivalent(part, item, tolerant)), None)
        if match is None:
            return False
        remaining.remove(match)
    return True


def _is_half_open(text: str) -> bool:
    return text[0] in _BRACKETS and text[-1] in ")]}" and _BRACKETS[text[0]] != text[-1]


def _equivalent_numbers(left: str, right: str, tolerant: bool) -> bool:
    """Whether two numbers are equal; if only one is a percentage, its value may be meant."""
    given, stored = _sides(left), [evaluate_formula(_number(right))]
    if "%" in left and "%" not in right:
        given += list(map(_hundredth, given))
    if "%" in right and "%" not in left:
        stored += list(map(_hundredth, stored))
    return any(_equal_values(one, other, tolerant) for one in given for other in stored)


def _sides(text: str) -> list[Value]:
    """Return the values of an answer such as ``1 - 8/9 = 1/9 ≈ 0.1111``; none if an equation is false.

    Raises:
        UnreadableError: There is no value.
    """
    *before, last = _APPROXIMATELY.split(_number(text))
    exact = next((part for part in before if _value(part.rpartition("=")[2]) is not None), last)
    *others, final = exact.split("=")
    value = evaluate_formula(final)
    if any(other and not _is_consistent(other, value) for other in map(_value, others)):
        return []
    sides = [*(other for other in map(_value, others) if other), value]
    rounded = _value(last)
    return [*sides, rounded] if rounded and _is_close(rounded, value) else sides


def _is_consistent(one: Value, other: Value) -> bool:
    if one.rounded or other.rounded:
        return _is_close(one, other)
    return _equal_values(one, other, tolerant=False)


def _is_close(one: Value, other: Value) -> bool:
    return abs(one.approx - other.approx) <= _CONSISTENT * abs(other.approx)


def _hundredth(value: Value) -> Value:
    return Value(value.approx / 100, None if value.exact is None else value.exact / 100, value.rounded)


def _number(text: str) -> str:
    return text.replace("%", "")


def _value(text: str) -> Value | None:
    try:
        return evaluate_formula(_number(text))
    except UnreadableError:
        return None


def _equal_values(given: Value, stored: Value, tolerant: bool) -> bool:
    strict = not (tolerant or given.rounded or stored.rounded)
    if strict and given.exact is not None and stored.exact is not None:
        return given.exact == stored.exact
    return abs(given.approx - stored.approx) <= (_EQUAL if strict else _TOLERANCE) * abs(stored.approx)
