"""The form of answers: whether one has the form that its question asks for, whether two say the same."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from codesteer.checkers.example_form import has_example_form
from codesteer.checkers.question_choices import AROUND, choices
from codesteer.replies.latex import strip_latex_commands
from codesteer.replies.numerals import normalize_numerals, strip_thousands_separators

LONGEST = 20_000
"""Characters of an answer that are compared by what they say; longer ones are the same only to the letter."""
TOKEN = re.compile(r"(?P<number>(?<![\w.])-?\d++(?:\.\d++)?+)(?![\w.])|\w++|[^\w\s\[\]{}'\",]")
GROUPED = re.compile(rf"[\[\]]|{TOKEN.pattern}")
NUMBER_AROUND = " \t\n$€£*`"
MIN_ROUNDED_PLACES = 4
"""With fewer decimals, two numbers may differ on purpose, such as prices."""
BETWEEN_ITEMS = re.compile(r"[,;:\s]")
NOTHING = frozenset(
    {
        "",
        "none",
        "null",
        "nil",
        "nan",
        "n/a",
        "unknown",
        "undefined",
        "error",
        "no solution",
        "no solution found",
        "no answer",
        "not found",
        "no valid solution",
        "no path",
        "impossible",
    }
)
"""What programs print that found no answer."""


def fits(question: str, answer: str, *, supported: bool = False) -> bool:
    """True if the answer names one of the question's choices or, without choices, has the form of its examples.

    Args:
        question: the question's text.
        answer: the answer.
        supported: whether evidence speaks for the answer, which overrules choices that are only guessed.
    """
    open_answers = choices(question)
    if open_answers is None or (supported and open_answers.overruled_by(answer)):
        return has_example_form(question, answer)
    return open_answers.admit(answer)


def says_something(answer: str) -> bool:
    """False if an answer names nothing: empty brackets, ``None``, "no solution", or a list of such."""
    whole = answer[:LONGEST].strip(AROUND).casefold()
    parts = (part.strip(AROUND) for part in BETWEEN_ITEMS.split(whole))
    return whole not in NOTHING and not all(part in NOTHING for part in parts)


def same_answer(one: str, other: str) -> bool:
    """True if two answers say the same, apart from outer brackets, quotes, spacing, case and how numbers are written.

    Numbers that differ only by rounding, to ``MIN_ROUNDED_PLACES`` decimals or more, are the same. Lists within a list,
    or lines, must hold the same items, unless one of the answers is not divided.
    """
    if max(len(one), len(other)) > LONGEST:
        return one == other
    return same_readings(readings(one), readings(other))


def distinct_answers(answers: Sequence[str]) -> list[str]:
    """Return the answers without those that say the same as an earlier one."""
    distinct: list[str] = []
    for answer in answers:
        if not any(same_answer(answer, other) for other in distinct):
            distinct.append(answer)
    return distinct


Token = str | Decimal


@dataclass(frozen=True, slots=True)
class Readings:
    """What an answer says."""

    as_it_is: Sequence[Token]
    as_number: Sequence[Token]
    """Read as a single number with separators."""
    grouping: str
    """Where the lists within the answer's list, or its lines, begin and end; empty if there are none."""


def readings(answer: str) -> Readings:
    """Return what an answer says, for one that is compared with many others."""
    plain = normalize_numerals(strip_latex_commands(answer))
    number = strip_thousands_separators(plain.strip(NUMBER_AROUND))
    return Readings(_tokens(plain), _tokens(number), _grouping(plain))


def same_readings(one: Readings, other: Readings) -> bool:
    """True if two answers say the same, in the sense of ``same_answer``."""
    if one.grouping and other.grouping and one.grouping != other.grouping:
        return False
    return _same_tokens(one.as_it_is, other.as_it_is) or _same_tokens(one.as_number, other.as_number)


def _grouping(answer: str) -> str:
    """Return an answer's square brackets with ``.`` for each token, without the pairs around everything.

    Without brackets, lines of several tokens are lists; brackets that do not pair divide nothing.
    """
    if "[" not in answer:
        return _line_grouping(answer)
    marks = "".join(found[0] if found[0] in "[]" else "." for found in GROUPED.finditer(answer))
    depths = list(accumulate(((mark == "[") - (mark == "]") for mark in marks), initial=0))
    if depths[-1] != 0 or min(depths) < 0:
        return ""
    opening, closing = len(marks) - len(marks.lstrip("[")), len(marks.rstrip("]"))
    around = min(depths[opening : closing + 1], default=0)
    grouping = marks[around : len(marks) - around]
    return grouping if "[" in grouping else ""


def _line_grouping(answer: str) -> str:
    lines = [len(TOKEN.findall(line)) for line in answer.splitlines() if line.strip()]
    is_grouped = len(lines) > 1 and max(lines) > 1
    return "".join(f"[{'.' * count}]" for count in lines) if is_grouped else ""


def _same_tokens(one: Sequence[Token], other: Sequence[Token]) -> bool:
    return one == other or (len(one) == len(other) and all(map(_same_token, one, other)))


def _same_token(one: Token, other: Token) -> bool:
    if one == other or not isinstance(one, Decimal) or not isinstance(other, Decimal):
        return one == other
    places = min(_places(one), _places(other))
    return places >= MIN_ROUNDED_PLACES and abs(one - other) <= Decimal(1).scaleb(-places)


def _places(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _tokens(answer: str) -> list[Token]:
    found = TOKEN.finditer(answer.casefold())
    return [_number(token[0]) if token["number"] else token[0] for token in found] or [answer]


def _number(text: str) -> Token:
    """Return a number; a code with leading zeros stays text."""
    return text if re.match(r"-?0\d", text) else Decimal(text)
