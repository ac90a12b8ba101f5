r"""Tell whether two answers in LaTeX or plain text mean the same, without a model to judge.

In this order: the same text once mark-up, units and spaces are gone; lists, tuples and sets part by part; the
same number. Where both sides are written exactly, they must be equal; where a decimal point occurs, one part
in a thousand is allowed: 1/3 agrees with 0.3333, but 33801 does not with 33800.
"""

import re
from typing import Final

from codesteer.symbench.parsing.cleaning import plain
from codesteer.symbench.parsing.formulas import Value, evaluate_formula
from codesteer.symbench.parsing.spans import UnreadableError

_TOLERANCE: Final = 1e-3
_EQUAL: Final = 1e-11
"""How far two floats of one irrational number may lie apart."""
_PARTS: Final = 30
_LONGEST: Final = 500
_MARKUP = re.compile(
    r"\\(?:left|right|displaystyle|quad|qquad|bigl?|bigr?)(?![A-Za-z])|\\[,;:!() ]|\\\[|\\\]|(?<!\\)\$|~"
)
_DEGREES = re.compile(r"\^\s?\{?\s?\\circ\s?\}?|\\degree|°|\\?%|\\\$|[€£]")
_FRAC = re.compile(r"\\[dtc]frac")
_SHORT_ABOVE = re.compile(r"\\frac\s?(\d)")
_SHORT_BELOW = re.compile(r"(\\frac\s?\{[^{}]*\})\s?(\d)")
_SHORT_ROOT = re.compile(r"\\sqrt\s?(\d)")
_THOUSANDS = re.compile(r"(?<=\d)(?:,|\{,\}|\\,)(?=\d{3}(?!\d))", re.ASCII)
_WORDS = re.compile(r"\\(?:text|textbf|textrm|mbox|mathrm|mathbf)\s?\{([^{}]*)\}")
_UNIT = re.compile(
    r"(?:(?<!\s)\s++)?\b(?:square|cubic|sq|cu|units?|degrees?|percent|dollars?|cents?|ways?|times|people|points?|"
    r"(?:milli|centi|kilo)?met(?:er|re)s?|mm|cm|km|m|inch(?:es)?|in|feet|foot|ft|yards?|yd|miles?|mi|"
    r"seconds?|minutes?|hours?|days?|years?|radians?|g|kg|lbs?|pounds?)\b\.?(?:\s?\^\s?\{?[23]\}?|[²³])?\Z",
    re.IGNORECASE,
)
_EQUATION = re.compile(r"^[A-Za-z](?:_\{?\w{1,5}\}?)?(?:\([A-Za-z]\))?\s?=\s?")
_OPTION = re.compile(r"\(?([A-Z])\)?\.?")
_PAIRS: Final = {"(": ")", "[": "]", "{": "}"}


def agrees(given: str, stored: str, tolerant: bool = False) -> bool:
    """Whether an answer means the same as the stored one.

    Args:
        given: The answer.
        stored: The right one.
        tolerant: Whether exact numbers, too, may differ by one part in a thousand.

    Raises:
        UnreadableError: The stored answer is a number, and the given one cannot be read as one.
    """
    if len(given) > _LONGEST:
        raise UnreadableError(f"such an answer has at most {_LONGEST} characters")
    one, other = _normal(given), _normal(stored)
    if _squashed(one) == _squashed(other):
        return True
    parts, expected = _split(one), _split(other)
    if len(expected) > 1:
        return _same_parts(one, other, tolerant)
    if len(parts) > 1:
        return False
    value = _value(other)
    return value is not None and _same(evaluate_formula(_bare(one)), value, tolerant)


def _normal(text: str) -> str:
    """The text without mark-up that changes nothing, and without units."""
    text = _FRAC.sub(r"\\frac", _MARKUP.sub(" ", _THOUSANDS.sub("", plain(text).replace("\\!", ""))))
    text = _DEGREES.sub(" ", text).replace("\\{", "{").replace("\\}", "}")
    text = _SHORT_ROOT.sub(r"\\sqrt{\1}", _SHORT_BELOW.sub(r"\1{\2}", _SHORT_ABOVE.sub(r"\\frac{\1}", text)))
    text = _WORDS.sub(r" \1 ", text)
    text = _EQUATION.sub("", " ".join(text.split()))
    while re.search(r"[\d)}π]|\\pi", text) and (unit := _UNIT.search(text)) and unit.start():
        text = text[: unit.start()]
    return text.strip(" .")


def _squashed(text: str) -> str:
    option = _OPTION.fullmatch(text)
    return option[1] if option else text.replace(" ", "").lower()


def _split(text: str) -> list[str]:
    """The parts between commas that stand outside of all brackets but the outermost."""
    parts, depth = [""], 0
    for sign in _inside(text):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0 and len(parts) < _PARTS:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def _inside(text: str) -> str:
    """The text without one pair of brackets around it, if that holds a list."""
    pair = bool(text) and text[0] in "([{" and text[-1] in ")]}"
    return text[1:-1] if pair and "," in text else text


def _same_parts(one: str, other: str, tolerant: bool) -> bool:
    """Whether two lists agree; order does not count in sets, and brackets do in half-open intervals."""
    parts, expected = _split(one), _split(other)
    half_open = other[0] in _PAIRS and other[-1] in ")]}" and _PAIRS[other[0]] != other[-1]
    if len(parts) != len(expected) or (half_open and (one[0], one[-1]) != (other[0], other[-1])):
        return False
    if other[0] != "{" and other[0] in _PAIRS:
        return all(agrees(part, right, tolerant) for part, right in zip(parts, expected, strict=True))
    left = list(expected)
    for part in parts:
        match = next((right for right in left if agrees(part, right, tolerant)), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _bare(text: str) -> str:
    """The last side of an equation."""
    return re.split(r"=|≈|\\approx", text)[-1]


def _value(text: str) -> Value | None:
    try:
        return evaluate_formula(text)
    except UnreadableError:
        return None


def _same(given: Value, stored: Value, tolerant: bool) -> bool:
    strict = not (tolerant or given.rounded or stored.rounded)
    if strict and given.exact is not None and stored.exact is not None:
        return given.exact == stored.exact
    return abs(given.approx - stored.approx) <= (_EQUAL if strict else _TOLERANCE) * abs(stored.approx)
