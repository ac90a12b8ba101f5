"""Find the answer in a reply.

The answer is, in this order: what the reply marks as its answer; the text after the last "answer", "result" or
"product" that is followed by a colon, an equals sign, "is", "are" or "equals" on the same line, or that is a heading,
or after an earlier one if that cannot be parsed; without one, the whole reply. In the last two cases the answer is not
marked, so a text that cannot be parsed counts as missing, not as unreadable. What is marked or announced and cannot be
parsed is read without the explanation that follows it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from codesteer.replies.answer_marks import find_marked_answer
from codesteer.replies.answers import parse_reply
from codesteer.replies.markup import unwrap_rest
from codesteer.symbench.parsing.corrections import is_denied, takes_back
from codesteer.symbench.parsing.readings import plain_answer, readings

MAX_ANSWER_LENGTH: Final = 20_000
"""No task needs a longer answer; the limit keeps every parser fast."""

_MAX_ANNOUNCED: Final = 10
"""Maximum number of announcements that are tried, from the end."""
_MAX_SENTINELS: Final = 5
_ANNOUNCED = re.compile(
    r"\b(?:answer|result|product)\b(?:\s?[:=]|[^\n:=]{0,120}?\b(?:is|are|equals)\b\s?:?)"
    r"|^[ \t]{0,3}(?:\#{1,6}[ \t]{1,3}|\*\*|__)(?:(?:the|my|final|correct)[ \t]){0,3}(?:answer|result)[ \t*_]{0,6}$",
    re.IGNORECASE | re.MULTILINE,
)
_SENTINELS = frozenset(
    {
        "end",
        "eof",
        "none",
        "null",
        "done",
        "stop",
        "fin",
        "finish",
        "finished",
        "complete",
        "completed",
        "ok",
        "exit",
    }
    | {"rule", "rules", "format"}
)
"""Words in marks that are no answers: a reply or program marks its end with them, or mentions what was asked."""


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
        return _found(_marked(parsed.marked_answer, parsed.text), marked=True)
    announced = _announced(parsed.text[-MAX_ANSWER_LENGTH:])
    if announced is not None:
        return _found(announced, marked=False)
    whole = plain_answer(parsed.text[: MAX_ANSWER_LENGTH + 1])
    return (FoundAnswer(whole, marked=False),) if whole else ()


def check_length(text: str) -> str:
    """Return the text unchanged.

    Raises:
        UnreadableError: It is longer than any answer.
    """
    if len(text) > MAX_ANSWER_LENGTH:
        raise UnreadableError(f"an answer has at most {MAX_ANSWER_LENGTH:,} characters")
    return text


def _found(texts: Iterable[str], *, marked: bool) -> tuple[FoundAnswer, ...]:
    """Return the readings of all texts, each once."""
    found = (reading for text in texts for reading in readings(text[: MAX_ANSWER_LENGTH + 1]))
    return tuple(FoundAnswer(reading, marked) for reading in dict.fromkeys(found))


def _marked(answer: str, text: str) -> tuple[str, ...]:
    """Return the marked answer; if it is a word such as END, after the one that is marked before it."""
    last = answer
    for _ in range(_MAX_SENTINELS):
        start = text.rfind("<<<")
        if start <= 0 or answer not in text[start:] or answer.strip(" .!").lower() not in _SENTINELS:
            break
        text = text[:start]
        before = find_marked_answer(text)
        if before is None or takes_back(text.rpartition(">>>")[2]):
            break
        answer = before
    return tuple(dict.fromkeys((answer, last)))


def _announced(text: str) -> list[str] | None:
    """Return what follows each announcement, the last one first; an earlier one ends with its paragraph.

    Denied announcements are left out; None if there is none at all.
    """
    found = list(_ANNOUNCED.finditer(text))[-_MAX_ANNOUNCED:]
    if not found:
        return None
    ends = [*(match.start() for match in found[1:]), len(text)]
    followed = [
        (unwrap_rest(text[: match.end()], text[match.end() : end]), is_denied(text[: match.start()]))
        for match, end in zip(found, ends, strict=True)
    ]
    texts = [*followed[-1:], *((rest.split("\n\n")[0], denied) for rest, denied in reversed(followed[:-1]))]
    return [rest for rest, denied in texts if not denied]
