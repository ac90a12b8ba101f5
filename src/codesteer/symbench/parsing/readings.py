"""Read a text as an answer: without its announcement, and without the explanation that follows.

A part of a text is a reading of it only if the rest leaves that part as it is; words that take it back, doubt it or
announce another answer make the text unreadable as a whole.
"""

import json
import re

from codesteer.replies.markup import unwrap_rest
from codesteer.symbench.parsing.corrections import only_explains, takes_back

_LABEL = re.compile(
    r"(?:\*\*)?(?:(?:so|thus|therefore|hence),?[ \t])?(?:(?:the|my|our)[ \t])?"
    r"(?:(?:final|correct|right|exact)[ \t]){0,2}(?:answer|result)(?:\*\*)?[ \t]?"
    r"(?:[:=](?![:=])|(?:is|are|equals)\b(?![ \t](?:not|never|neither|wrong|incorrect)\b):?|[-–—](?=[ \t]))",
    re.IGNORECASE,
)
_KEY = re.compile(r"\{\s{0,9}[\"'](?:final[ _]?)?(?:answer|result)[\"']\s{0,9}:\s{0,9}", re.IGNORECASE)
_PYTHON_VALUE = re.compile(r"'[^']*'|[-+]?[\w./]{1,200}|[\[(].*[\])]", re.DOTALL)
_REASON = re.compile(
    r"[\s,;.(–—-]{1,9}(?:because|since|given that|due to|explanation|reason(?:ing)?|justification|note)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!]\s{1,9}(?=(?:I|[A-Z][a-z]{1,20})[\s,'’])")
_ASIDE = re.compile(r"\s?\(([^()\n]{3,200})\)\s{0,9}\Z")
_WORDS_ONLY = re.compile(r"[^\d]*[A-Za-z]{3}[^\d]*")
_UNCERTAIN = re.compile(
    r"\b(?:or|not|no|if|unless|except|but|guess|half|twice|times|thousand|million|dozen)\b|n['’]t\b",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?:the|my|our|an?|this|that|it|here)\b[A-Za-z \t'’-]{0,60}?\b(?:is|are|equals|will be)\b:?[ \t]{1,9}"
    r"(?!(?:not|no|never|neither|nor|wrong|incorrect)\b)(?=\S)",
    re.IGNORECASE,
)
_DENIES = re.compile(r"\b(?:not|no|never|cannot|neither|nor|wrong)\b|n['’]t\b", re.IGNORECASE)


def plain_answer(text: str) -> str:
    """Return a text without "Answer:" or "The answer is" before it, or the only value of ``{"answer": …}``."""
    text = _value(text.strip())
    label = _LABEL.match(text)
    rest = unwrap_rest(label[0], text[label.end() :]) if label else ""
    return rest or text


def readings(text: str) -> tuple[str, ...]:
    """Return the readings of a text, the likeliest first: the whole of it, then less and less."""
    text = plain_answer(text)
    paragraph = _until(text, text.find("\n\n"))
    found = [text, paragraph]
    for reduced in (_without_reason, _first_sentence, _without_aside, _without_lead):
        found.append(reduced(found[-1]))
    found.append(_until(paragraph, paragraph.find("\n")))
    return tuple(dict.fromkeys(reading for reading in found if reading))


def _value(text: str) -> str:
    """Return the value of an object whose only key says that it is the answer; another text unchanged."""
    key = _KEY.match(text)
    if key is None or not text.endswith("}"):
        return text
    try:
        value, end = json.JSONDecoder().raw_decode(text, key.end())
    except (ValueError, RecursionError):
        inner = text[key.end() : -1].strip()
        return inner.strip("'") if _PYTHON_VALUE.fullmatch(inner) else text
    if text[end:].strip() != "}":
        return text
    return value.strip() if isinstance(value, str) else text[key.end() : end]


def _until(text: str, end: int) -> str:
    """Return the text up to a position if what follows only explains it."""
    return text[:end].rstrip() if end > 0 and only_explains(text[end:]) else text


def _without_reason(text: str) -> str:
    reason = _REASON.search(text, 1)
    if reason is None or takes_back(text[reason.start() :]):
        return text
    return text[: reason.start()].rstrip()


def _first_sentence(text: str) -> str:
    end = _SENTENCE_END.search(text, 1)
    return _until(text, end.start() + 1).removesuffix(".") if end else text


def _without_aside(text: str) -> str:
    """Remove a remark in parentheses from the end, unless it may change the answer."""
    aside = _ASIDE.search(text)
    if aside is None or not _WORDS_ONLY.fullmatch(aside[1]):
        return text
    return (
        text if _UNCERTAIN.search(aside[1]) or not only_explains(aside[1]) else text[: aside.start()].rstrip()
    )


def _without_lead(text: str) -> str:
    """Remove the words that introduce an answer, as in "The order is"."""
    lead = _LEAD.match(text)
    return text if lead is None or _DENIES.search(lead[0]) else plain_answer(text[lead.end() :])
