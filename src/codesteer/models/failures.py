"""What went wrong when a model was asked, whichever client library says it."""

import re
import ssl
from collections.abc import Iterator, Mapping
from typing import Any

from langgraph.errors import GraphBubbleUp

from codesteer.errors import (
    CodeSteerError,
    ConfigurationError,
    ModelError,
    ModelRefusedError,
    ModelUnavailableError,
    first_line,
)
from codesteer.models.address import USER_INFO

PASSED_ON = (CodeSteerError, GraphBubbleUp, AssertionError, NotImplementedError, NameError, MemoryError)
"""Ours, the graph's own signals, and what only a mistake in a program raises."""
DEEPEST = 8
"""Causes of an exception that are looked at."""
TOO_MANY_REQUESTS, PAYMENT_REQUIRED, SERVER_ERROR = 429, 402, 500
RETRYABLE = frozenset({408, 409, 425, TOO_MANY_REQUESTS})
STATUSES = ("status_code", "http_status", "status", "code", "http_code")
LIBRARIES = frozenset(
    {"aiohttp", "anyio", "botocore", "grpc", "httpcore", "httpcore2", "httpx", "httpx2"}
) | {
    "requests",
    "urllib3",
}
"""HTTP clients: an exception of theirs that has no status tells of a connection that failed."""
CONNECTION = frozenset({"APIConnectionError", "ServiceUnavailable", "RetryError", "DeadlineExceeded"})
BUSY = re.compile(
    r"rate.?limit|throttl|too.?many.?requests|overloaded|resource.?exhausted|unavailable", re.IGNORECASE
)
SPENT = re.compile(
    r"insufficient.{0,3}(quota|balance|credit|funds)|credit balance|out of credits?|billing_(hard_limit|not_active)"
    r"|billing hard limit",
    re.IGNORECASE,
)
SPENT_OR_BUSY = re.compile(r"exceeded your current quota", re.IGNORECASE)
SOON = re.compile(
    r"retry|try again|per[ _](second|minute|hour|day)|rate.?limit|quota.?metric|metric", re.IGNORECASE
)


def read_failure(error: Exception) -> Exception:
    """Return what a chat model's exception means: a ModelError, or the exception itself where it is not the model's.

    Passed on as they are: our own errors, LangGraph's interruptions, and what only a mistake in a program raises
    (a failed assertion, an unknown name, something not implemented). Everything else that a chat model raises is a
    failure of the model or of its endpoint: a reply without the fields that every reply has ends as a KeyError, a
    TypeError or an IndexError, according to the provider's package.
    """
    if isinstance(error, PASSED_ON):
        return error
    text = _text(error)
    if isinstance(error, ImportError):
        return ConfigurationError(text)
    chain = list(_chain(error))
    status = next((found for one in chain if (found := _status(one)) is not None), None)
    if status is not None:
        return _by_status(status, text, _words(chain))
    if BUSY.search(_words(chain)):
        return ModelUnavailableError(f"the model's endpoint is overloaded or failing: {text}")
    if any(_is_connection_failure(one) for one in chain):
        return ModelUnavailableError(f"the model's endpoint cannot be reached: {text}")
    return ModelError(f"the model gave no usable reply: {type(error).__name__}: {text}")


def _by_status(status: int, text: str, words: str) -> ModelError:
    said = f"{text} {words}"
    if status == PAYMENT_REQUIRED or (SPENT.search(said) and status != SERVER_ERROR):
        return ModelRefusedError(f"the model's endpoint says the quota is spent ({status}): {text}")
    if status == TOO_MANY_REQUESTS and SPENT_OR_BUSY.search(said) and not SOON.search(said):
        return ModelRefusedError(f"the model's endpoint says the quota is spent ({status}): {text}")
    if status in RETRYABLE or status >= SERVER_ERROR:
        return ModelUnavailableError(f"the model's endpoint is overloaded or failing ({status}): {text}")
    return ModelRefusedError(f"the model's endpoint refused the request ({status}): {text}")


def _chain(error: BaseException, depth: int = DEEPEST) -> Iterator[BaseException]:
    """Go through an exception, the members of a group, and what caused it."""
    if depth == 0:
        return
    yield error
    members = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    for other in (*members[:DEEPEST], cause):
        if other is not None:
            yield from _chain(other, depth - 1 if other is cause else 1)


def _status(error: BaseException) -> int | None:
    """Return the HTTP status that an exception carries, wherever its library puts it."""
    response = getattr(error, "response", None)
    carriers: list[Any] = [error, response]
    if isinstance(response, Mapping):  # botocore
        carriers += [response.get("ResponseMetadata"), response.get("Error")]
    carriers += [argument for argument in error.args if isinstance(argument, Mapping)]
    carriers += [
        body.get("error", body) for body in (getattr(error, "body", None),) if isinstance(body, Mapping)
    ]
    found = (_number(_get(carrier, name)) for carrier in carriers for name in (*STATUSES, "HTTPStatusCode"))
    return next((status for status in found if status is not None), None)


def _get(carrier: Any, name: str) -> Any:
    return carrier.get(name) if isinstance(carrier, Mapping) else getattr(carrier, name, None)


def _number(value: Any) -> int | None:
    """Read a status; gRPC has it behind a method, as a member of an enumeration that has no HTTP status."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = str(int(value)) if isinstance(value, int) else value.strip()
    return int(text) if re.fullmatch(r"[345]\d\d", text) else None


def _words(chain: list[BaseException]) -> str:
    """Return the names that errors have for themselves: classes, codes, kinds."""
    words: list[str] = []
    for error in chain:
        response = getattr(error, "response", None)
        inner = response.get("Error") if isinstance(response, Mapping) else None
        words += [type(error).__name__, *map(str, (_code(error), getattr(error, "type", ""), inner or ""))]
        words += [str(value)[:1000] for value in (getattr(error, "body", None), *error.args[:1]) if value]
    return " ".join(words)


def _code(error: BaseException) -> Any:
    """Return an error's code: a word in most libraries, the answer of a method in gRPC."""
    if isinstance(getattr(error, "status", None), int):
        return ""  # aiohttp, which warns whoever asks for the code as well
    code = getattr(error, "code", "")
    try:
        return code() if callable(code) else code
    except Exception:
        # A method of some library's exception that wants arguments says nothing about the failure.
        return ""


def _is_connection_failure(error: BaseException) -> bool:
    kinds = type(error).__mro__
    libraries = {kind.__module__.partition(".")[0] for kind in kinds}
    known = isinstance(error, ConnectionError | TimeoutError | ssl.SSLError) or bool(libraries & LIBRARIES)
    return known or bool({kind.__name__ for kind in kinds} & CONNECTION) or _is_unknown_host(error)


def _is_unknown_host(error: BaseException) -> bool:
    return type(error).__name__ in ("gaierror", "herror")


def _text(error: BaseException) -> str:
    cause = error.__cause__
    text = _said(error) + (f" ({_said(cause)})" if cause else "")
    return USER_INFO.sub("://", text)


def _said(error: BaseException) -> str:
    try:
        return first_line(error)
    except Exception:
        # An exception of some library that cannot even say what it is about.
        return type(error).__name__
