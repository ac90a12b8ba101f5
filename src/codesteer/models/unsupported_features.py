"""Remember which request features an endpoint has rejected, so that later requests leave them out."""

import re
import threading
import weakref
from collections import OrderedDict
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from codesteer.models.unwrapping import model_name, unwrap

MAX_ENDPOINTS = 1024
URL_FIELDS = (
    "openai_api_base",
    "base_url",
    "azure_endpoint",
    "anthropic_api_url",
    "endpoint_url",
    "endpoint",
)


class UnsupportedFeature(StrEnum):
    """A request feature that some endpoints reject; the docstrings say what is sent instead."""

    STREAM_USAGE = "stream_options"
    """Streams without token usage."""
    SYSTEM_ROLE = "the system role"
    """The system message's text at the beginning of the first human message."""
    REPEATED_ROLES = "messages whose roles do not alternate"
    """Consecutive messages of one role, merged."""
    STRUCTURED_OUTPUT = "structured output"
    """The request without a schema; the prompt describes the form."""


REJECTION_PATTERNS = {
    UnsupportedFeature.STREAM_USAGE: re.compile(
        r"stream_options|include_usage|stream options", re.IGNORECASE
    ),
    UnsupportedFeature.REPEATED_ROLES: re.compile(
        r"\balternat(e|ing|ion)|consecutive\b.{0,40}\b(role|message|turn)|(first|last) (message|role)\b.{0,60}\buser\b"
        r"|expected last role|same role",
        re.IGNORECASE,
    ),
    UnsupportedFeature.SYSTEM_ROLE: re.compile(
        r"\bsystem[`'\" _-]{0,3}(role|message|prompt|instruction)s?\b"
        r"|\brole[`'\"s]{0,2}\b.{0,60}[`'\"]system[`'\"]|[`'\"]system[`'\"].{0,40}\brole"
        r"|developer instruction|only user and assistant roles",
        re.IGNORECASE,
    ),
    UnsupportedFeature.STRUCTURED_OUTPUT: re.compile(
        r"response_?format|json_?schema|structured.?output|tool_?choice|\btools?\b.{0,40}\bsupport"
        r"|support.{0,40}\btools?\b|function.?call|guided.?(json|decoding)|grammar",
        re.IGNORECASE,
    ),
}
"""How endpoints word these errors; searched in this order."""
REFUSALS = frozenset({400, 404, 405, 415, 422, 501})
"""Statuses for what a request asks for. Others are about the key (401, 403) or the moment (429, 503)."""
SERVER_ERROR = 500
DENIED = re.compile(
    r"\b(not|never|n't|without)\s([a-z]+\s)?(support|allow|permit|enable|implement)|\bunsupported\b|\bmust\b|\bshould\b"
    r"|\bonly\b|\bunrecogni[sz]ed\b|\bunknown\b|\bno (system|tools?)\b"
    r"|\b(failed to|cannot|could not|unable to) (parse|convert|compile|render)\b",
    re.IGNORECASE,
)
"""How chat templates and clients word a refusal, which llama.cpp sends as a server error, and clients raise."""
PASSING = re.compile(
    r"try again|\bretry|temporar|\blater\b|\bbusy\b|crash|slow down|timed? ?out|restart|\bcapacity\b",
    re.IGNORECASE,
)
"""How a failure is worded that passes."""

_lock = threading.Lock()
_known: OrderedDict[str, frozenset[UnsupportedFeature]] = OrderedDict()


def known_unsupported(model: Any) -> frozenset[UnsupportedFeature]:
    """Return the features that a model's endpoint is known to reject."""
    with _lock:
        return _known.get(_endpoint_id(model), frozenset())


def remember_unsupported(model: Any, features: Iterable[UnsupportedFeature]) -> None:
    """Record that a model's endpoint rejects these features."""
    key = _endpoint_id(model)
    with _lock:
        if key not in _known and key.endswith(_object_id(model)):
            weakref.finalize(unwrap(model), _known.pop, key, None)
        _known[key] = _known.get(key, frozenset()) | frozenset(features)
        _known.move_to_end(key)
        while len(_known) > MAX_ENDPOINTS:
            _known.popitem(last=False)


def clear_unsupported() -> None:
    """Forget everything that is known about endpoints."""
    with _lock:
        _known.clear()


def is_refusal(status: int | None, message: str) -> bool:
    """Return whether a failure says something about what the endpoint supports, and not about its present state.

    Args:
        status: the HTTP status; None for an exception without one.
        message: the error message.
    """
    if status in (None, SERVER_ERROR):
        return bool(DENIED.search(message)) and not PASSING.search(message)
    return status in REFUSALS


def rejected_feature(message: str, *, structured: bool) -> UnsupportedFeature | None:
    """Return the feature that an endpoint's error message rejects; None if it is about something else.

    Args:
        message: the error message.
        structured: whether the request asked for structured output.
    """
    for feature, pattern in REJECTION_PATTERNS.items():
        if (structured or feature is not UnsupportedFeature.STRUCTURED_OUTPUT) and pattern.search(message):
            return feature
    return None


def _endpoint_id(model: Any) -> str:
    """Identify an endpoint by URL and model name, or an object that has neither by its ``id``."""
    inner = unwrap(model)
    urls = (getattr(inner, field, None) for field in URL_FIELDS)
    url = next((str(url) for url in urls if url), "")
    name = model_name(inner)
    return f"{type(inner).__qualname__} {f'{url} {name}'.strip() or _object_id(inner)}"


def _object_id(model: Any) -> str:
    return f"at {id(unwrap(model))}"
