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
ACTION = "code|text|improve|return|terminate"
OPENING = re.compile(
    rf"\W*+(?:(?:action|decision)\W++(?P<named>{ACTION})\b"
    rf"|(?P<alone>{ACTION})(?=[*_`\"')\]]{{0,9}}[ \t]{{0,9}}(?:[:;.!\n]|[-–—]\s|\Z)))",
    re.IGNORECASE,
)
"""An action at the beginning: after "Action:", or followed by punctuation; in a sentence it is only a word."""
OBJECT_WITH_ACTION = re.compile(r"[\"']action[\"']\s{0,9}:")


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
                start_over=_truth(fields, "start_over"),
                candidates=_positive_int(fields, "candidates"),
            )
    opening = None if truncated else OPENING.match(text)
    if opening is None or "{" in opening[0] or OBJECT_WITH_ACTION.search(text):
        return None  # with an object that could not be parsed, what it says is unknown
    rest = text[opening.end() :].lstrip(" \n\t:;.!-–—*_`\"')]").rstrip(" \n\t*")
    return ParsedDecision(Action((opening["named"] or opening["alone"]).lower()), guidance=rest)


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
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 1 else 1


def _truth(fields: dict[str, Any], key: str) -> bool:
    value = fields.get(key)
    return value is True or str(value).strip().lower() == "true"


def _string(fields: dict[str, Any], key: str) -> str:
    """Return a text; the lines of a list of texts or numbers. Truth values are neither."""
    value = fields.get(key)
    parts = value if isinstance(value, list) else [value]
    texts = (part for part in parts if isinstance(part, str | int | float) and not isinstance(part, bool))
    return "\n".join(str(part).strip() for part in texts).strip()
