"""Why a reply ended, in the words of each provider."""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

KEYS = (
    "finish_reason",
    "finishReason",
    "stop_reason",
    "stopReason",
    "done_reason",
    "status",
    "incomplete_details",
)
REASON = "reason"
"""Under which ``incomplete_details`` says it."""
LENGTH = frozenset(
    {
        "context_length",
        "eos_token_limit",
        "incomplete",
        "length",
        "max_length",
        "max_output_tokens",
        "max_token",
        "max_tokens",
        "model_context_window_exceeded",
        "model_length",
        "token_limit",
    }
)
PREFIXES = ("finishreason.", "finish_reason_", "stopreason.", "stop_reason_")
OTHER_INCOMPLETE = "content_filter"
"""A reply can also be incomplete because its rest was withheld."""


def is_cut_off(metadata: Mapping[str, Any]) -> bool:
    """True if a reply ended at a token limit, as its ``response_metadata`` says."""
    words = {word for key in KEYS for word in _words(metadata.get(key))}
    if OTHER_INCOMPLETE in words:
        words.discard("incomplete")
    return bool(words & LENGTH)


def _words(value: Any) -> Iterable[str]:
    """Read a reason: a word in any case, an enumeration's member, a list of either, or an object that holds one."""
    match value:
        case Enum():
            yield from _words(value.value)
            yield _word(value.name)
        case str():
            yield _word(value)
        case Mapping():
            yield from _words(value.get(REASON))
        case list() | tuple():
            for part in value:
                yield from _words(part)


def _word(text: str) -> str:
    word = text.strip().lower().replace("-", "_").replace(" ", "_")
    for prefix in PREFIXES:
        word = word.removeprefix(prefix)
    # Streamed parts are added up by LangChain: a reason that came in two of them stands there twice.
    half = word[: len(word) // 2]
    return half if half and half * 2 == word else word
