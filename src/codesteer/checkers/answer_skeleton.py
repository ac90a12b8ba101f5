"""The first lines of a check: how it takes an answer apart, by the form of the answers that it will get."""

import re

from codesteer.checkers.question_choices import choices

MAX_ANSWER_LENGTH = 20_000
_TOKEN = re.compile(r"[^\s,\[\](){}'\"]+")
_INTEGER = re.compile(r"[+-]?\d+")
_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?")
CHOICE = "choice = answer.strip(' ().')"
NUMBER = "value = float(answer.replace(',', ''))"
INTEGERS = r"values = [int(number) for number in re.findall(r'-?\d+', answer)]"
ROWS = r"""rows = [re.findall(r"[^\s,\[\]()'\"]+", line) for line in answer.splitlines() if line.strip()]"""
TOKENS = r"""values = re.findall(r"[^\s,\[\]()'\"]+", answer)"""
TEXT = "text = answer.strip(' \"\\'[]')"


def parsing_lines(answer: str, question: str) -> str:
    """Return the line of Python that takes apart an answer of this form.

    Args:
        answer: an answer of the run; only its form matters.
        question: the question's text, for its choices.
    """
    if choices(question) is not None:
        return CHOICE
    answer = answer.strip()[:MAX_ANSWER_LENGTH]
    if _NUMBER.fullmatch(answer):
        return NUMBER
    tokens = _TOKEN.findall(answer)
    if len(tokens) <= 1:
        return TEXT
    if len([line for line in answer.split("\n") if line.strip()]) > 1:
        return ROWS
    return INTEGERS if all(map(_INTEGER.fullmatch, tokens)) else TOKENS
