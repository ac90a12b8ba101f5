"""What an answer says, however it is written: its words and numbers, and how it is divided into items."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from itertools import accumulate

from codesteer.checkers.answer_notation import as_number, plain_notation

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
_EXACT, _DOUBLE = Context(prec=LONGEST + 1000), Context(prec=15)
_DOUBLE_DIGITS, _DOUBLE_PLACES = (16, 17), 10
"""A number of so many digits, and so many decimals or more, is a double with its rounding error."""

Token = str | Decimal


@dataclass(frozen=True, slots=True)
class Readings:
    """What an answer says."""

    as_it_is: Sequence[Token]
    as_number: Sequence[Token]
    """Read as a text about one number with thousands separators or currency, if it is one."""
    grouping: str
    """Where the lists within the answer's list, or its lines, begin and end; empty if there are none."""
    ends: frozenset[int]
    """Before which tokens its commas, brackets and lines end an item; empty without a comma."""


def readings(answer: str) -> Readings:
    """Return what an answer says, for one that is compared with many others."""
    plain = plain_notation(answer)
    parts = [(part["mark"], part[0]) for part in _PART.finditer(plain)]
    return Readings(
        as_it_is=_tokens(plain, answer),
        as_number=_tokens(as_number(plain), answer),
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
