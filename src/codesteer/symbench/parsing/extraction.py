"""Find the answer in a reply.

The answer is, in this order: what the reply marks as its answer; the text after the last "answer", "result" or
"product" that is followed by a colon, an equals sign, "is", "are" or "equals" on the same line; the whole reply. In
the last two cases the answer is not marked, so a text that cannot be parsed counts as missing, not as unreadable.
"""

import re
from dataclasses import dataclass
from typing import Final

from codesteer.replies.answers import parse_reply

MAX_ANSWER_LENGTH: Final = 20_000
"""No task needs a longer answer; the limit keeps every parser fast."""

_ANNOUNCED = re.compile(
    r"\b(?:answer|result|product)\b(?:\s?[:=]|[^\n:=]{0,120}?\b(?:is|are|equals)\b\s?:?)", re.IGNORECASE
)


class UnreadableError(ValueError):
    """Raised for a text that is not an answer in the form that the question asks for."""


@dataclass(frozen=True, slots=True)
class FoundAnswer:
    """The part of a reply that holds its answer."""

    text: str
    marked: bool
    """Whether the reply marks this part as its answer."""


def find_answer(reply: str) -> FoundAnswer | None:
    """Return the answer in a reply, truncated if it is too long for any parser; None if there is none."""
    text, marked = _locate(reply)
    return FoundAnswer(text[: MAX_ANSWER_LENGTH + 1], marked) if text.strip() else None


def check_length(text: str) -> str:
    """Return the text unchanged.

    Raises:
        UnreadableError: It is longer than any answer.
    """
    if len(text) > MAX_ANSWER_LENGTH:
        raise UnreadableError(f"an answer has at most {MAX_ANSWER_LENGTH:,} characters")
    return text


def _locate(reply: str) -> tuple[str, bool]:
    parsed = parse_reply(reply)
    if parsed.marked_answer is not None:
        return parsed.marked_answer, True
    tail = parsed.text[-MAX_ANSWER_LENGTH:]
    announced = [match.end() for match in _ANNOUNCED.finditer(tail)]
    if announced:
        return tail[announced[-1] :].strip(" *\n"), False
    return parsed.text, False
