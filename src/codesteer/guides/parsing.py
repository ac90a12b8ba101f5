"""Reading a guide model's text where it has no structured output: tolerant of form, strict in content."""

import json
import re
from dataclasses import dataclass
from typing import Any

from codesteer.guides.decision import Action
from codesteer.replies.reasoning import strip_reasoning

MOST_BRACES, LONGEST = 50, 20_000
"""Opening braces tried as the start of a JSON object, and the characters at a reply's end that are looked at."""
COUNT_LENGTH = 10
OPENING = re.compile(r'\{(?=\s*+(?:["}]|\Z))')
"""A brace that can begin a JSON object."""
ACTION_LINE = re.compile(
    r"\W*+(?:(?:action|decision)\W*+)?(code|text|improve|return|terminate)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a guide model chose."""

    action: Action
    guidance: str = ""
    reason: str = ""
    start_over: bool = False
    """The worker is to forget its earlier attempts."""
    candidates: int = 1
    """Independent attempts asked for."""


def read_choice(text: str, *, cut_off: bool = False) -> Choice | None:
    """Return the choice in a reply: the last JSON object with an action, else an opening word; else None.

    Objects before it may be quotes of what the worker or its program wrote. Only whole objects count: what is missing
    from one that ends too early may be what matters.

    Args:
        text: the reply.
        cut_off: the reply ended at a token limit; then words before its end decide nothing.
    """
    text = strip_reasoning(text).strip()
    for fields in reversed(_objects(text)):
        action = str(fields.get("action", "")).strip().lower()
        if action in set(Action):
            return Choice(
                Action(action),
                _text(fields, "guidance"),
                _text(fields, "reason"),
                start_over=fields.get("start_over") is True,
                candidates=_count(fields, "candidates"),
            )
    opening = None if cut_off else ACTION_LINE.match(text)
    if opening is not None and "{" not in opening[0]:  # else the beginning of an object that is none
        rest = text[opening.end() :].strip(" \n\t:.-*")
        return Choice(Action(opening[1].lower()), guidance=rest)
    return None


def _objects(text: str) -> list[dict[str, Any]]:
    """Return the JSON objects in a text; none where its end cuts one off."""
    decoder, found = json.JSONDecoder(strict=False), []
    text = text[-LONGEST:]
    opening, tries = OPENING.search(text), 0
    while opening is not None and tries < MOST_BRACES:
        start, tries = opening.start(), tries + 1
        try:
            value, end = decoder.raw_decode(text, start)
        except json.JSONDecodeError as error:
            if _ends_within(text, error):
                return []
            end = start + 1
        except (ValueError, RecursionError):
            end = start + 1
        else:
            found.append(value)
            end = end if "action" in value else start + 1
        opening = OPENING.search(text, end)
    return found


def _ends_within(text: str, error: json.JSONDecodeError) -> bool:
    return error.msg.startswith("Unterminated string") or error.pos >= len(text.rstrip("` \n"))


def _count(fields: dict[str, Any], key: str) -> int:
    value = fields.get(key)
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < COUNT_LENGTH:
        value = int(value)
    return value if isinstance(value, int) and value >= 1 else 1


def _text(fields: dict[str, Any], key: str) -> str:
    value = fields.get(key)
    return value.strip() if isinstance(value, str) else ""
