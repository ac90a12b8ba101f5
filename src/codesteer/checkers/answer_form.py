"""The form of answers: whether one is among those that its question leaves open, whether two say the same."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from codesteer.checkers.example_form import has_example_form
from codesteer.replies.latex import strip_latex_commands
from codesteer.replies.numerals import normalize_numerals, strip_thousands_separators
from codesteer.replies.options import QUESTION_LENGTH, listed_options, named_option

BULLET = re.compile(r"^[ \t]*+[-*•][ \t]*+(yes|no)[ \t]*+$", re.MULTILINE | re.IGNORECASE)
YES_OR_NO = re.compile(r"\byes\s*(?:/|or)\s*no\b", re.IGNORECASE)
POLAR = re.compile(
    r"\b(?:is|are|was|were|do|does|did|can|could|will|has|have)\s[^.?!:\n]*\?",
    re.IGNORECASE,
)
TRUTH_VALUES = {"true": "Yes", "false": "No"}
AFTER_LENGTH = 80
"""A text may go on for so long after its question, to say how to write the answer."""
LONGEST = 20_000
"""Characters of an answer that are compared by what they say; longer ones are the same only to the letter."""
TOKEN = re.compile(r"(?P<number>(?<![\w.])-?\d++(?:\.\d++)?+)(?![\w.])|\w++|[^\w\s\[\]{}'\",]")
NUMBER_AROUND = " \t\n$€£*`"
MIN_ROUNDED_PLACES = 4
"""With fewer decimals, two numbers may differ on purpose, such as prices."""
AROUND = " \t\n\"'`*[](){}."
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


@dataclass(frozen=True, slots=True)
class Choices:
    """The answers that a question leaves open."""

    names: tuple[str, ...]
    """As the answer has to name them: option letters, or ``Yes`` and ``No``."""
    texts: tuple[str, ...] = ()
    """What the options say; naming an option by its text is as good."""

    def admit(self, answer: str) -> bool:
        """True if the answer names one of them."""
        if self.texts:
            return named_option(answer, self.texts) is not None
        said = strip_latex_commands(answer[:LONGEST]).replace("$", "").strip(AROUND).casefold()
        return re.split(r"[,;.:\s]", said, maxsplit=1)[0].strip(AROUND) in {
            name.casefold() for name in self.names
        }


def choices(question: str) -> Choices | None:
    """Return the possible answers of a question with lettered options or of a yes-or-no question; else None."""
    question = question[-QUESTION_LENGTH:]
    options = listed_options(question)
    if options:
        return Choices(tuple(options), tuple(options.values()))
    if len(BULLET.findall(question)) > 1 or YES_OR_NO.search(question) or _asks_whether(question):
        return Choices(("Yes", "No"))
    return None


def fits(question: str, answer: str) -> bool:
    """True if the answer names one of the question's choices or, without choices, has the form of its examples."""
    open_answers = choices(question)
    return has_example_form(question, answer) if open_answers is None else open_answers.admit(answer)


def says_something(answer: str) -> bool:
    """False if an answer names nothing: empty brackets, ``None``, "no solution", or a list of such."""
    whole = answer[:LONGEST].strip(AROUND).casefold()
    parts = (part.strip(AROUND) for part in BETWEEN_ITEMS.split(whole))
    return whole not in NOTHING and not all(part in NOTHING for part in parts)


def as_choice(question: str, answer: str) -> str:
    """Return the choice that a program's answer names, as the question wants it named; else the answer as it is.

    A program prints ``True`` where the question wants ``Yes``, or an option's text where it wants its letter.
    """
    open_answers = choices(question)
    if open_answers is None:
        return answer
    if open_answers.texts:
        return named_option(answer, open_answers.texts) or answer
    return TRUTH_VALUES.get(answer.strip(AROUND).casefold(), answer)


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
    return [Decimal(token[0]) if token["number"] else token[0] for token in found] or [answer]


def _asks_whether(question: str) -> bool:
    """True if the question at a text's end wants a yes or a no."""
    sentences = re.split(r"(?<=[.!?:])\s+|\n", question.rstrip())
    last = [sentence for sentence in sentences if sentence.endswith("?")]
    if not last or not POLAR.match(last[-1]):
        return False
    return len(question) - question.rindex(last[-1]) - len(last[-1]) <= AFTER_LENGTH
