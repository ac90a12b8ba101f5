"""Find the answer in a reply.

The answer is, in this order: what the reply marks as its answer; the text after the last "answer", "result" or
"product" that is followed by a colon, an equals sign, "is", "are" or "equals" on the same line, or after an earlier
one if that cannot be parsed; without one, the whole reply. In the last two cases the answer is not marked, so a text
that cannot be parsed counts as missing, not as unreadable.
"""

import re
from dataclasses import dataclass
from typing import Final

from codesteer.replies.answers import parse_reply
from codesteer.replies.markup import unwrap_rest

MAX_ANSWER_LENGTH: Final = 20_000
"""No task needs a longer answer; the limit keeps every parser fast."""

_MAX_ANNOUNCED: Final = 10
"""Maximum number of announcements that are tried, from the end."""
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


def find_answers(reply: str) -> tuple[FoundAnswer, ...]:
    """Return the possible answers in a reply, the likeliest first; the first that can be parsed counts.

    Each is truncated if it is too long for any parser.
    """
    parsed = parse_reply(reply)
    if parsed.marked_answer is not None:
        texts = [parsed.marked_answer]
    else:
        texts = _announced(parsed.text[-MAX_ANSWER_LENGTH:]) or [parsed.text]
    marked = parsed.marked_answer is not None
    return tuple(FoundAnswer(text[: MAX_ANSWER_LENGTH + 1], marked) for text in texts if text.strip())


def check_length(text: str) -> str:
    """Return the text unchanged.

    Raises:
        UnreadableError: It is longer than any answer.
    """
    if len(text) > MAX_ANSWER_LENGTH:
        raise UnreadableError(f"an answer has at most {MAX_ANSWER_LENGTH:,} characters")
    return text


def _announced(text: str) -> list[str]:
    """Return what follows each announcement, the last one first; an earlier one ends with its paragraph."""
    found = list(_ANNOUNCED.finditer(text))[-_MAX_ANNOUNCED:]
    ends = [*(match.start() for match in found[1:]), len(text)]
    followed = [
        unwrap_rest(text[: match.end()], text[match.end() : end])
        for match, end in zip(found, ends, strict=False)
    ]
    return [*followed[-1:], *(paragraph.split("\n\n")[0] for paragraph in reversed(followed[:-1]))]
