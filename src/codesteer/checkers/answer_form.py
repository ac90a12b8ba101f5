"""The form of answers: whether one has the form that its question asks for, whether two say the same."""

import re
from collections.abc import Sequence
from decimal import Decimal

from codesteer.checkers.example_form import has_example_form
from codesteer.checkers.question_choices import AROUND, choices
from codesteer.replies.latex import strip_latex_commands
from codesteer.replies.numerals import normalize_numerals, strip_thousands_separators

LONGEST = 20_000
"""Characters of an answer that are compared by what they say; longer ones are the same only to the letter."""
TOKEN = re.compile(r"(?P<number>(?<![\w.])-?\d++(?:\.\d++)?+)(?![\w.])|\w++|[^\w\s\[\]{}'\",]")
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
    """True if two answers say the same, apart from brackets, quotes, spacing, case and how numbers are written.

    Numbers that differ only by rounding, to ``MIN_ROUNDED_PLACES`` decimals or more, are the same.
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


Readings = tuple[Sequence[Token], Sequence[Token]]
"""What an answer says: as it is, and as a single number."""


def readings(answer: str) -> Readings:
    """Return what an answer says, for one that is compared with many others."""
    plain = normalize_numerals(strip_latex_commands(answer))
    return _tokens(plain), _tokens(strip_thousands_separators(plain.strip(NUMBER_AROUND)))


def same_readings(one: Readings, other: Readings) -> bool:
    """True if two answers say the same, in the sense of ``same_answer``."""
    return any(map(_same_tokens, one, other))


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
