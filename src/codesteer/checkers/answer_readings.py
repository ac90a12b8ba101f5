"""What an answer says, however it is written: its words and numbers, and how it is divided into items."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from itertools import accumulate

from codesteer.replies.latex import strip_latex_commands
from codesteer.replies.numerals import normalize_numerals, strip_thousands_separators
from codesteer.replies.reprs import plain_values

LONGEST = 20_000
"""Characters of an answer that are compared by what they say; longer ones are the same only to the letter."""
MIN_ROUNDED_PLACES = 4
"""With fewer decimals, or fewer digits in them, two numbers may differ on purpose, such as prices."""
_NUMBER = (
    r"(?<![\w.])[-+]?(?:\d++(?:(?:\.\d*+)?+e[-+]\d{1,3}+|\.\d++e\d{1,3}+|\.\d*+)?+"
    r"|\.\d++(?:e[-+]?\d{1,3}+)?+)(?![\w.])"
)
"""An exponent without a sign or decimals may be part of a code, such as 1e3."""
_TOKEN = re.compile(rf"(?P<number>{_NUMBER})|\w++|[^\w\s\[\]{{}}'\",]")
_PART = re.compile(rf"(?P<mark>[\[\],\n])|{_TOKEN.pattern}")
_CODE = re.compile(r"[-+]?0\d")
_NUMBER_AROUND = " \t\n$€£*`"
_ESCAPED = re.compile(r"\\([{}%$&#_])")
_COUNTED = re.compile(
    r"([^\[\](){}<>,\d]{0,300})(\d{1,3}(?:,\d{3}){1,40}(?:\.\d{1,40})?)([^\[\](){}<>,\d]{0,300})", re.ASCII
)
"""A text about one number with thousands separators."""
_SPELLINGS = {
    **dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad")),
    **dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f"), " "),
    **dict.fromkeys(map(ord, "“”„‟«»‘’‚‹›"), "'"),
    ord("{"): "[",
    ord("}"): "]",
}
_CLOSING = {"(": ")", "[": "]"}
_EXACT, _DOUBLE = Context(prec=LONGEST + 1000), Context(prec=15)
_DOUBLE_DIGITS, _DOUBLE_PLACES = (16, 17), 10
"""A number of so many digits, and so many decimals or more, is a double with its rounding error."""

Token = str | Decimal


@dataclass(frozen=True, slots=True)
class Readings:
    """What an answer says."""

    as_it_is: Sequence[Token]
    as_number: Sequence[Token]
    """Read as a single number with separators, or a text about one."""
    grouping: str
    """Where the lists within the answer's list, or its lines, begin and end; empty if there are none."""
    ends: frozenset[int]
    """Before which tokens its commas, brackets and lines end an item; empty without a comma."""


def readings(answer: str) -> Readings:
    """Return what an answer says, for one that is compared with many others."""
    text = unicodedata.normalize("NFC", plain_values(strip_latex_commands(answer)))
    text = _ESCAPED.sub(r"\1", normalize_numerals(text)).translate(_SPELLINGS)
    plain = _tuples_as_lists(text)
    parts = [(part["mark"], part[0]) for part in _PART.finditer(plain)]
    return Readings(
        as_it_is=_tokens(plain, answer),
        as_number=_tokens(_as_number(plain), answer),
        grouping=_grouping("".join("." if mark is None else mark for mark, _ in parts)),
        ends=_ends("".join("." if mark is None else " " for mark, _ in parts))
        if "," in plain
        else frozenset(),
    )


def same_readings(one: Readings, other: Readings) -> bool:
    """True if two answers say the same, in the sense of ``same_answer``."""
    if one.grouping and other.grouping and one.grouping != other.grouping:
        return False
    if _same_tokens(one.as_it_is, other.as_it_is):
        return one.ends <= other.ends or other.ends <= one.ends
    return _same_tokens(one.as_number, other.as_number)


def _as_number(plain: str) -> str:
    number = strip_thousands_separators(plain.strip(_NUMBER_AROUND))
    if counted := _COUNTED.fullmatch(number):
        return counted[1] + counted[2].replace(",", "") + counted[3]
    return number


def _tuples_as_lists(text: str) -> str:
    """Write the parentheses around several items as square brackets; those of calls and expressions stay."""
    if "(" not in text:
        return text
    characters, opened = list(text), list[list[int]]()
    for place, character in enumerate(text):
        if character in _CLOSING:
            opened.append([place, 0])
        elif character == "," and opened:
            opened[-1][1] += 1
        elif opened and character == _CLOSING[text[opened[-1][0]]]:
            start, commas = opened.pop()
            is_call = start > 0 and (text[start - 1].isalnum() or text[start - 1] in "_)")
            if commas and not is_call:
                characters[start], characters[place] = "[", "]"
    return "".join(characters)


def _grouping(parts: str) -> str:
    """Return an answer's square brackets with ``.`` for each token, without the pairs around everything.

    Without brackets, lines of several tokens are lists; brackets that do not pair divide nothing.
    """
    if "[" not in parts:
        return _line_grouping(parts)
    marks = parts.replace(",", "").replace("\n", "")
    depths = list(accumulate(((mark == "[") - (mark == "]") for mark in marks), initial=0))
    if depths[-1] != 0 or min(depths) < 0:
        return ""
    opening, closing = len(marks) - len(marks.lstrip("[")), len(marks.rstrip("]"))
    around = min(depths[opening : closing + 1], default=0)
    grouping = marks[around : len(marks) - around]
    return grouping if "[" in grouping else ""


def _line_grouping(parts: str) -> str:
    lines = [count for line in parts.split("\n") if (count := line.count("."))]
    is_grouped = len(lines) > 1 and max(lines) > 1
    return "".join(f"[{'.' * count}]" for count in lines) if is_grouped else ""


def _ends(parts: str) -> frozenset[int]:
    return frozenset(accumulate(map(len, parts.split())))


def _same_tokens(one: Sequence[Token], other: Sequence[Token]) -> bool:
    return one == other or (len(one) == len(other) and all(map(_same_token, one, other)))


def _same_token(one: Token, other: Token) -> bool:
    if one == other or not isinstance(one, Decimal) or not isinstance(other, Decimal):
        return one == other
    short, long = sorted((one, other), key=_places)
    return _is_rounded(short, long) or _is_double(short, long)


def _is_rounded(short: Decimal, long: Decimal) -> bool:
    """Return whether a number is another one rounded, or cut off, after four decimals or more."""
    places = _places(short)
    if min(places, len(short.as_tuple().digits)) < MIN_ROUNDED_PLACES:
        return False
    unit = Decimal(1).scaleb(-places)
    ways = (ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_DOWN)
    return any(long.quantize(unit, way, _EXACT) == short for way in ways)


def _is_double(short: Decimal, long: Decimal) -> bool:
    """Return whether a number is another one with a double's rounding error: 0.30000000000000004."""
    digits, places = len(long.as_tuple().digits), _places(long)
    return digits in _DOUBLE_DIGITS and places >= _DOUBLE_PLACES and _DOUBLE.plus(long) == short


def _places(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _tokens(plain: str, answer: str) -> list[Token]:
    found = _TOKEN.finditer(plain.casefold())
    return [_number(token[0]) if token["number"] else token[0] for token in found] or [answer]


def _number(text: str) -> Token:
    """Return a number; a code with leading zeros stays text."""
    return text if _CODE.match(text) else Decimal(text)
