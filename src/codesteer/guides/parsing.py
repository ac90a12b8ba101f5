"""Parse the text of a guide model without structured output: lenient about form, strict about content."""

import json
import re
from dataclasses import dataclass
from typing import Any

from codesteer.guides.decision import Action
from codesteer.replies.reasoning import strip_reasoning

MAX_OBJECT_STARTS = 50
"""Opening braces tried as the start of a JSON object."""
MAX_REPLY_LENGTH = 20_000
"""Characters parsed, from the end of the reply."""
MAX_COUNT_DIGITS = 9
OBJECT_START = re.compile(r'\{(?=\s*+(?:["}]|\Z))')
ACTION_LINE = re.compile(
    r"\W*+(?:(?:action|decision)\W*+)?(code|text|improve|return|terminate)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class ParsedDecision:
    """A decision as the guide's model wrote it, not yet validated against the run."""

    action: Action
    guidance: str = ""
    reason: str = ""
    start_over: bool = False
    """Whether the worker forgets its earlier attempts."""
    candidates: int = 1
    """Number of independent attempts asked for."""


def parse_decision(text: str, *, truncated: bool = False) -> ParsedDecision | None:
    """Return the decision in a reply: the last JSON object with an action, else an opening word; else None.

    Earlier objects may be quotes of what the worker or its program wrote. Incomplete objects do not count: the missing
    part may be what matters.

    Args:
        text: the reply.
        truncated: whether the reply ended at a token limit; if so, only a JSON object counts.
    """
    text = strip_reasoning(text).strip()
    for fields in reversed(_json_objects(text)):
        action = str(fields.get("action", "")).strip().lower()
        if action in set(Action):
            return ParsedDecision(
                Action(action),
                _string(fields, "guidance"),
                _string(fields, "reason"),
                start_over=fields.get("start_over") is True,
                candidates=_positive_int(fields, "candidates"),
            )
    opening = None if truncated else ACTION_LINE.match(text)
    if (
        opening is not None and "{" not in opening[0]
    ):  # a brace: the start of an object that could not be parsed
        rest = text[opening.end() :].strip(" \n\t:.-*")
        return ParsedDecision(Action(opening[1].lower()), guidance=rest)
    return None


def _json_objects(text: str) -> list[dict[str, Any]]:
    """Return the JSON objects in a text; none if the text ends inside one."""
    decoder, objects = json.JSONDecoder(strict=False), []
    text = text[-MAX_REPLY_LENGTH:]
    opening, tries = OBJECT_START.search(text), 0
    while opening is not None and tries < MAX_OBJECT_STARTS:
        start, tries = opening.start(), tries + 1
        try:
            value, end = decoder.raw_decode(text, start)
        except json.JSONDecodeError as error:
            if _is_truncated(text, error):
                return []
            end = start + 1
        except (ValueError, RecursionError):
            end = start + 1
        else:
            objects.append(value)
            end = end if "action" in value else start + 1
        opening = OBJECT_START.search(text, end)
    return objects


def _is_truncated(text: str, error: json.JSONDecodeError) -> bool:
    return error.msg.startswith("Unterminated string") or error.pos >= len(text.rstrip("` \n"))


def _positive_int(fields: dict[str, Any], key: str) -> int:
    value = fields.get(key)
    if isinstance(value, str) and value.strip().isdecimal() and len(value) <= MAX_COUNT_DIGITS:
        value = int(value)
    return value if isinstance(value, int) and value >= 1 else 1


def _string(fields: dict[str, Any], key: str) -> str:
    value = fields.get(key)
    return value.strip() if isinstance(value, str) else ""
