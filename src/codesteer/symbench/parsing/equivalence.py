r"""Decide whether two answers in LaTeX or plain text are equivalent, without a model.

Compare, in this order: the texts without markup, units and spaces; lists, tuples and sets part by part; the
values. Exact values must be equal; with a decimal point, a relative difference of 0.001 is allowed: 1/3 is
equivalent to 0.3333, but 33801 is not to 33800.
"""

import re
from typing import Final

from codesteer.symbench.parsing.cleaning import clean
from codesteer.symbench.parsing.extraction import UnreadableError
from codesteer.symbench.parsing.formulas import Value, evaluate_formula
from codesteer.symbench.parsing.units import UNITS

_TOLERANCE: Final = 1e-3
_EQUAL: Final = 1e-11
"""Maximum relative difference between two floats of the same irrational number."""
_MAX_PARTS: Final = 30
_MAX_LENGTH: Final = 500
_MARKUP = re.compile(
    r"\\(?:left|right|displaystyle|quad|qquad|bigl?|bigr?)(?![A-Za-z])|\\[,;:!() ]|\\\[|\\\]|(?<!\\)\$|~"
)
_DEGREES = re.compile(r"\^\s?\{?\s?\\circ\s?\}?|\\degree|°|\\?%|\\\$|[€£]")
_SIZED = re.compile(r"\\[dtc](frac|binom)")
_SHORT_ABOVE = re.compile(r"\\(frac|binom)\s?(\d)")
_SHORT_BELOW = re.compile(r"(\\(?:frac|binom)\s?\{[^{}]*\})\s?(\d)")
_SHORT_ROOT = re.compile(r"\\sqrt\s?(\d)")
_THOUSANDS = re.compile(r"(?<=\d)(?:,|\{,\}|\\,)(?=\d{3}(?!\d))", re.ASCII)
_WORDS = re.compile(r"\\(?:text|textbf|textrm|mbox|mathrm|mathbf)\s?\{([^{}]*)\}")
_UNIT = re.compile(
    rf"(?:(?<!\s)\s++)?(?:\b|(?<=\d)(?=[A-Za-z]{{2}})){UNITS}\b\.?(?:\s?\^\s?\{{?[23]\}}?)?\Z",
    re.IGNORECASE,
)
_SUPERSCRIPTS = str.maketrans({"²": "^2", "³": "^3"})
_JOINED = re.compile(r"(?<=\w) (?:and|or) (?=\S)")
_EQUATION = re.compile(r"^[A-Za-z](?:_\{?\w{1,5}\}?)?(?:\([A-Za-z]\))?\s?=\s?")
_OPTION = re.compile(r"\(?([A-Z])\)?\.?")
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
    left, right = _normalize(given), _normalize(stored)
    if _compact(left) == _compact(right):
        return True
    parts, expected = _split(left), _split(right)
    if len(expected) > 1:
        return _equivalent_lists(left, right, tolerant)
    if len(parts) > 1:
        return False
    value = _value(right)
    return value is not None and _equal_values(evaluate_formula(_last_side(left)), value, tolerant)


def _normalize(text: str) -> str:
    """Remove markup without meaning, and units."""
    text = _SIZED.sub(r"\\\1", _MARKUP.sub(" ", _THOUSANDS.sub("", clean(text).replace("\\!", ""))))
    text = _DEGREES.sub(" ", text.translate(_SUPERSCRIPTS)).replace("\\{", "{").replace("\\}", "}")
    text = _SHORT_ROOT.sub(r"\\sqrt{\1}", _SHORT_BELOW.sub(r"\1{\2}", _SHORT_ABOVE.sub(r"\\\1{\2}", text)))
    text = _WORDS.sub(r" \1 ", text)
    text = _EQUATION.sub("", _JOINED.sub(", ", " ".join(text.split())))
    while re.search(r"[\d)}π]|\\pi", text) and (unit := _UNIT.search(text)) and unit.start():
        text = text[: unit.start()]
    return text.strip(" .")


def _compact(text: str) -> str:
    option = _OPTION.fullmatch(text)
    return option[1] if option else text.replace(" ", "").lower()


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
    half_open = right[0] in _BRACKETS and right[-1] in ")]}" and _BRACKETS[right[0]] != right[-1]
    if len(parts) != len(expected) or (half_open and (left[0], left[-1]) != (right[0], right[-1])):
        return False
    if right[0] != "{" and right[0] in _BRACKETS:
        return all(is_equivalent(part, item, tolerant) for part, item in zip(parts, expected, strict=True))
    remaining = list(expected)
    for part in parts:
        match = next((item for item in remaining if is_equivalent(part, item, tolerant)), None)
        if match is None:
            return False
        remaining.remove(match)
    return True


def _last_side(text: str) -> str:
    """Return the last side of an equation."""
    return re.split(r"=|≈|\\approx", text)[-1]


def _value(text: str) -> Value | None:
    try:
        return evaluate_formula(text)
    except UnreadableError:
        return None


def _equal_values(given: Value, stored: Value, tolerant: bool) -> bool:
    strict = not (tolerant or given.rounded or stored.rounded)
    if strict and given.exact is not None and stored.exact is not None:
        return given.exact == stored.exact
    return abs(given.approx - stored.approx) <= (_EQUAL if strict else _TOLERANCE) * abs(stored.approx)
