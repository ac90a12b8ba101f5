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
CUT_REASONS = frozenset(
    {
        "abort",
        "aborted",
        "blocklist",
        "cancelled",
        "content_filter",
        "content_filtered",
        "error",
        "error_toxic",
        "failed",
        "guardrail_intervened",
        "image_safety",
        "language",
        "prohibited_content",
        "recitation",
        "refusal",
        "safety",
        "spii",
    }
)
"""A filter or a failure cut the reply."""
PREFIXES = ("finishreason.", "finish_reason_", "stopreason.", "stop_reason_")


def is_truncated(metadata: Mapping[str, Any]) -> bool:
    """Return whether a reply ended at a token limit, according to its ``response_metadata``."""
    # A cut reply may have the status "incomplete", too.
    return bool(_all_reasons(metadata) & LENGTH_REASONS) and not is_cut(metadata)


def is_cut(metadata: Mapping[str, Any]) -> bool:
    """Return whether a content filter or a failure ended a reply before its end, so that nothing can continue it."""
    return bool(_all_reasons(metadata) & CUT_REASONS)


def _all_reasons(metadata: Mapping[str, Any]) -> set[str]:
    return {reason for key in KEYS for reason in _reasons(metadata.get(key))}


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
