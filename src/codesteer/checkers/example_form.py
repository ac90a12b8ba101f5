"""The form of the answer that a question shows by examples between ``<<<`` and ``>>>``."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from codesteer.replies.question_data import EXAMPLE

QUESTION_LENGTH = 50_000
"""Characters at the end of a question that are searched for examples."""
ANSWER_LENGTH = 20_000
MAX_WORDS = 2
"""Words that may stand beside a number, such as a unit or pi; more are prose."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_WORD = re.compile(r"[^\W\d_]+")
_SEPARATED = re.compile(r"\d['\"\])]{0,9}[\s,]++['\"\[(+-]{0,9}\d")
_OPERATION = re.compile(r"(?<=[\d)])[ ]{0,3}([-+*/])[ ]{0,3}(?=[\d(])")
_PLACEHOLDER = re.compile(
    r"\.\.|\b(?:[^\W\d_]|answers?|cells?|content|lists?|numbers?|matrix|strings?|values?|rows?|expressions?|letters?"
    r"|symbols?|some\w*)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Form:
    """What an answer is made of."""

    numbers: int
    words: int
    is_list: bool
    """Whether spaces or commas separate its numbers."""
    operations: int
    """How many different operations combine its numbers."""

    @classmethod
    def of(cls, text: str) -> Self:
        """Return the form of a text."""
        text = _THOUSANDS.sub("", text)
        return cls(
            numbers=len(_NUMBER.findall(text)),
            words=len(_WORD.findall(text)),
            is_list=_SEPARATED.search(text) is not None,
            operations=len(set(_OPERATION.findall(text))),
        )

    def admits(self, answer: "Form") -> bool:
        """Whether an answer of another form may still be meant, with this one as an example.

        Numbers need numbers, words without numbers need words, numbers alone are no prose, a single number is no list,
        and an expression is no single number; one operation may be a fraction or a product. A list may have one item
        only.
        """
        if self.operations > 1 and not (self.words or self.is_list) and answer.numbers == 1:
            return False
        if self.numbers:
            prose = not self.words and answer.words > MAX_WORDS
            too_many = not self.words and not self.is_list and answer.is_list
            return answer.numbers > 0 and not prose and not too_many
        return answer.words > 0


@lru_cache(maxsize=256)
def example_forms(question: str) -> tuple[Form, ...]:
    """Return the forms of the examples of an answer in a question.

    Descriptions and placeholders are no examples: ``<<<list of values>>>``, ``<<<x>>>``, ``<<<[1, 2, ...]>>>``. Single
    letters may stand for anything.
    """
    examples = (
        text for text in EXAMPLE.findall(question[-QUESTION_LENGTH:]) if not _PLACEHOLDER.search(text)
    )
    forms = map(Form.of, examples)
    return tuple(dict.fromkeys(form for form in forms if form.numbers or form.words))


def has_example_form(question: str, answer: str) -> bool:
    """Return whether an answer has the form of one of the question's examples, or the question shows none."""
    forms, form = example_forms(question), Form.of(answer[:ANSWER_LENGTH])
    return not forms or any(example.admits(form) for example in forms)
