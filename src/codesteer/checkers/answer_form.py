"""The form of answers: whether one has the form that its question asks for, whether two say the same."""

import re
from collections.abc import Sequence

from codesteer.checkers.answer_readings import LONGEST, readings, same_readings
from codesteer.checkers.example_form import has_example_form
from codesteer.checkers.question_choices import choices
from codesteer.replies.yes_no import AROUND

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
    """True if two answers say the same, apart from brackets around everything, quotes, spacing, case and notation.

    Signs at the ends of a list or board, and brackets that tell labels apart, are part of the answer.

    A number that is another one rounded or cut off after ``MIN_ROUNDED_PLACES`` decimals or more says the same, and so
    does one with a double's rounding error. Lists within a list, or lines, must hold the same items, unless one of the
    answers is not divided; no item of one may hold parts of two items of the other.
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
