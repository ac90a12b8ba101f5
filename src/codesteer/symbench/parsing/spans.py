"""Find the answer in a reply.

In this order: what the reply marks as its answer; what follows the last "answer", "result" or "product" with a colon,
an equals sign, "is", "are" or "equals" behind it on the same line; all that the reply says. In the last two cases the
answer was not marked, so a text that does not parse counts as no answer rather than as an unreadable one.
"""

import re
from dataclasses import dataclass
from typing import Final

from codesteer.replies.answers import speech

LONGEST: Final = 20_000
"""No task needs a longer answer, and a limit keeps every parser quick."""

_ANNOUNCED = re.compile(
    r"\b(?:answer|result|product)\b(?:\s?[:=]|[^\n:=]{0,120}?\b(?:is|are|equals)\b\s?:?)", re.IGNORECASE
)


class UnreadableError(ValueError):
    """A text cannot be read as an answer of the form that the question asks for."""


@dataclass(frozen=True, slots=True)
class Found:
    """The part of a reply that holds its answer."""

    text: str
    marked: bool
    """Whether the reply itself marked this part as its answer."""


def find_answer(reply: str) -> Found | None:
    """The answer in a reply, cut where it is too long for any parser; None when there is none."""
    text, marked = _locate(reply)
    return Found(text[: LONGEST + 1], marked) if text.strip() else None


def limited(text: str) -> str:
    """The same text.

    Raises:
        UnreadableError: It is longer than any answer.
    """
    if len(text) > LONGEST:
        raise UnreadableError(f"an answer has at most {LONGEST:,} characters")
    return text


def _locate(reply: str) -> tuple[str, bool]:
    said = speech(reply)
    if said.marked is not None:
        return said.marked, True
    tail = said.words[-LONGEST:]
    announced = [match.end() for match in _ANNOUNCED.finditer(tail)]
    if announced:
        return tail[announced[-1] :].strip(" *\n"), False
    return said.words, False
