"""Reading a guide model's text where it has no structured output: tolerant of form, strict in content."""

import json
import re
from dataclasses import dataclass
from itertools import islice
from typing import Any

from codesteer.guides.decision import Action
from codesteer.replies.thoughts import without_thoughts

MOST_BRACES, LONGEST_DECISION = 50, 20_000
"""Opening braces tried as the start of a JSON object, and the characters that it may have."""
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


def read_choice(text: str) -> Choice | None:
    """Return the choice in a reply: the first JSON object with an action, else an opening word; else None."""
    text = without_thoughts(text).strip()
    for fields in _objects(text):
        action = str(fields.get("action", "")).strip().lower()
        if action in set(Action):
            return Choice(
                Action(action),
                _text(fields, "guidance"),
                _text(fields, "reason"),
                start_over=fields.get("start_over") is True,
            )
    if opening := ACTION_LINE.match(text):
        rest = text[opening.end() :].strip(" \n\t:.-*")
        return Choice(Action(opening[1].lower()), guidance=rest)
    return None


def _objects(text: str) -> list[dict[str, Any]]:
    decoder, found = json.JSONDecoder(strict=False), []
    for brace in islice(re.finditer(r"\{", text), MOST_BRACES):
        try:
            value, _ = decoder.raw_decode(text[brace.start() : brace.start() + LONGEST_DECISION])
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            found.append(value)
    return found


def _text(fields: dict[str, Any], key: str) -> str:
    value = fields.get(key)
    return value.strip() if isinstance(value, str) else ""
