"""Read why a reply ended from the metadata of each provider."""

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
"""The key inside ``incomplete_details``."""
LENGTH_REASONS = frozenset(
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
CONTENT_FILTER = "content_filter"
"""The other reason for the status ``incomplete``."""


def is_truncated(metadata: Mapping[str, Any]) -> bool:
    """Return whether a reply ended at a token limit, according to its ``response_metadata``."""
    reasons = {reason for key in KEYS for reason in _reasons(metadata.get(key))}
    if CONTENT_FILTER in reasons:
        reasons.discard("incomplete")
    return bool(reasons & LENGTH_REASONS)


def _reasons(value: Any) -> Iterable[str]:
    """Yield the reasons in a text, an enumeration's member, a list of these, or ``incomplete_details``."""
    match value:
        case Enum():
            yield from _reasons(value.value)
            yield _normalize(value.name)
        case str():
            yield _normalize(value)
        case Mapping():
            yield from _reasons(value.get(REASON))
        case list() | tuple():
            for part in value:
                yield from _reasons(part)


def _normalize(text: str) -> str:
    reason = text.strip().lower().replace("-", "_").replace(" ", "_")
    for prefix in PREFIXES:
        reason = reason.removeprefix(prefix)
    # LangChain concatenates streamed chunks, so a reason in two of them is repeated.
    half = reason[: len(reason) // 2]
    return half if half and half * 2 == reason else reason
