"""What an endpoint turned out not to take: found out once, remembered for all later requests to it."""

import re
import threading
import weakref
from collections import OrderedDict
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

MOST_ENDPOINTS = 1024
WRAPPERS = ("bound", "runnable")
"""Fields under which LangChain's wrappers hold the model: bindings and retries, fallbacks."""
URLS = ("openai_api_base", "base_url", "azure_endpoint", "anthropic_api_url", "endpoint_url", "endpoint")
NAMES = ("model_name", "model", "model_id", "name_or_path")


class Quirk(StrEnum):
    """Something that an endpoint refuses, and what is sent instead."""

    NO_STREAM_USAGE = "stream_options"
    """Streams are asked for without a report of the tokens."""
    NO_SYSTEM_ROLE = "the system role"
    """What the system message says goes before the first question."""
    ALTERNATING = "messages whose roles do not alternate"
    """Messages of one role in a row become one."""
    NO_STRUCTURE = "structured output"
    """The same is asked in plain words."""


SIGNS = {
    Quirk.NO_STREAM_USAGE: re.compile(r"stream_options|include_usage|stream options", re.IGNORECASE),
    Quirk.ALTERNATING: re.compile(
        r"\balternat(e|ing|ion)|consecutive\b.{0,40}\b(role|message|turn)|(first|last) (message|role)\b.{0,60}\buser\b"
        r"|expected last role|same role",
        re.IGNORECASE,
    ),
    Quirk.NO_SYSTEM_ROLE: re.compile(
        r"\bsystem[`'\" _-]{0,3}(role|message|prompt|instruction)s?\b"
        r"|\brole[`'\"s]{0,2}\b.{0,60}[`'\"]system[`'\"]|[`'\"]system[`'\"].{0,40}\brole"
        r"|developer instruction|only user and assistant roles",
        re.IGNORECASE,
    ),
    Quirk.NO_STRUCTURE: re.compile(
        r"response_?format|json_?schema|structured.?output|tool_?choice|\btools?\b.{0,40}\bsupport"
        r"|support.{0,40}\btools?\b|function.?call|guided.?(json|decoding)|grammar",
        re.IGNORECASE,
    ),
}
"""How endpoints word these refusals; looked for in this order."""

_lock = threading.Lock()
_known: OrderedDict[str, frozenset[Quirk]] = OrderedDict()


def known_quirks(model: Any) -> frozenset[Quirk]:
    """Return what is remembered of a model's endpoint."""
    with _lock:
        return _known.get(_identity(model), frozenset())


def remember(model: Any, quirks: Iterable[Quirk]) -> None:
    """Note what a model's endpoint does not take."""
    key = _identity(model)
    with _lock:
        if key not in _known and key.endswith(_by_object(model)):
            weakref.finalize(innermost(model), _known.pop, key, None)
        _known[key] = _known.get(key, frozenset()) | frozenset(quirks)
        _known.move_to_end(key)
        while len(_known) > MOST_ENDPOINTS:
            _known.popitem(last=False)


def forget_quirks() -> None:
    """Forget what endpoints were found not to take."""
    with _lock:
        _known.clear()


def sign_of(text: str, *, structured: bool) -> Quirk | None:
    """Return what an endpoint's refusal is about; None if it is none of these."""
    for quirk, sign in SIGNS.items():
        if (structured or quirk is not Quirk.NO_STRUCTURE) and sign.search(text):
            return quirk
    return None


def innermost(model: Any) -> Any:
    """Return the chat model within bindings, retries and fallbacks."""
    for _ in range(10):
        inner = next((getattr(model, field) for field in WRAPPERS if _is_model(model, field)), None)
        if inner is None:
            break
        model = inner
    return model


def model_name(model: Any) -> str:
    """Return the name of a chat model, as its provider knows it; empty if it has none."""
    inner = innermost(model)
    names = (getattr(inner, field, None) for field in NAMES)
    return next((name for name in names if isinstance(name, str) and name), "")


def _is_model(model: Any, field: str) -> bool:
    return hasattr(getattr(model, field, None), "ainvoke")


def _identity(model: Any) -> str:
    """Tell endpoints apart: by address and model, or where an object has neither, by the object."""
    inner = innermost(model)
    urls = (getattr(inner, field, None) for field in URLS)
    url = next((str(url) for url in urls if url), "")
    name = model_name(inner)
    return f"{type(inner).__qualname__} {f'{url} {name}'.strip() or _by_object(inner)}"


def _by_object(model: Any) -> str:
    return f"at {id(innermost(model))}"
