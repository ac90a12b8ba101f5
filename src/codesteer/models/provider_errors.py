"""Classify the exceptions of chat models and their client libraries as codesteer's errors."""

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

NOT_MODEL_ERRORS = (
    CodeSteerError,
    GraphBubbleUp,
    AssertionError,
    NotImplementedError,
    NameError,
    MemoryError,
)
"""Errors of codesteer, LangGraph's control flow, and bugs: raised unchanged."""
MAX_CAUSE_DEPTH = 8
"""Causes of an exception that are examined."""
TOO_MANY_REQUESTS, PAYMENT_REQUIRED, SERVER_ERROR = 429, 402, 500
RETRYABLE = frozenset({408, 409, 425, TOO_MANY_REQUESTS})
STATUS_FIELDS = ("status_code", "http_status", "status", "code", "http_code")
LIBRARIES = frozenset(
    {"aiohttp", "anyio", "botocore", "grpc", "httpcore", "httpcore2", "httpx", "httpx2"}
) | {
    "requests",
    "urllib3",
}
"""HTTP clients: their exceptions without a status are connection failures."""
CONNECTION_ERRORS = frozenset({"APIConnectionError", "ServiceUnavailable", "RetryError", "DeadlineExceeded"})
OTHER_LOOP = re.compile(r"event loop is closed|(bound|attached) to a different (event )?loop", re.IGNORECASE)
OVERLOADED = re.compile(
    r"rate.?limit|throttl|too.?many.?requests|overloaded|resource.?exhausted|unavailable", re.IGNORECASE
)
QUOTA_EXHAUSTED = re.compile(
    r"insufficient.{0,3}(quota|balance|credit|funds)|credit balance|out of credits?|billing_(hard_limit|not_active)"
    r"|billing hard limit",
    re.IGNORECASE,
)
QUOTA_OR_RATE_LIMIT = re.compile(r"exceeded your current quota", re.IGNORECASE)
RATE_LIMIT = re.compile(
    r"retry|try again|per[ _](second|minute|hour|day)|rate.?limit|quota.?metric|metric", re.IGNORECASE
)


def classify_error(error: Exception) -> Exception:
    """Return the error that a chat model's exception stands for.

    Errors of codesteer, LangGraph's interrupts and bugs (failed assertions, unknown names, unimplemented methods) are
    returned unchanged. Everything else is a failure of the model or its endpoint and becomes a ModelError: for a reply
    with missing fields, providers' packages raise anything from KeyError to IndexError.
    """
    if isinstance(error, NOT_MODEL_ERRORS):
        return error
    text = _describe(error)
    if isinstance(error, ImportError):
        return ConfigurationError(text)
    chain, status = list(_chain(error)), status_of(error)
    if status is not None:
        return _classify_status(status, text, _keywords(chain))
    if OVERLOADED.search(_keywords(chain)):
        return ModelUnavailableError(f"the model's endpoint is overloaded or failing: {text}")
    if any(_is_connection_failure(link) for link in chain):
        return ModelUnavailableError(f"the model's endpoint cannot be reached: {text}")
    return ModelError(f"the model returned no usable reply: {type(error).__name__}: {text}")


def status_of(error: BaseException) -> int | None:
    """Return the HTTP status of an exception or of one of its causes, wherever its library stores it."""
    return next((found for link in _chain(error) if (found := _status(link)) is not None), None)


def is_from_other_loop(error: BaseException) -> bool:
    """Return whether a client failed because it reused a connection that belongs to another event loop."""
    return any(isinstance(link, RuntimeError) and OTHER_LOOP.search(_message(link)) for link in _chain(error))


def _classify_status(status: int, text: str, keywords: str) -> ModelError:
    details = f"{text} {keywords}"
    if status == PAYMENT_REQUIRED or (QUOTA_EXHAUSTED.search(details) and status != SERVER_ERROR):
        return ModelRefusedError(f"the quota at the model's endpoint is exhausted ({status}): {text}")
    if status == TOO_MANY_REQUESTS and QUOTA_OR_RATE_LIMIT.search(details) and not RATE_LIMIT.search(details):
        return ModelRefusedError(f"the quota at the model's endpoint is exhausted ({status}): {text}")
    if status in RETRYABLE or status >= SERVER_ERROR:
        return ModelUnavailableError(f"the model's endpoint is overloaded or failing ({status}): {text}")
    return ModelRefusedError(f"the model's endpoint refused the request ({status}): {text}")


def _chain(error: BaseException, depth: int = MAX_CAUSE_DEPTH) -> Iterator[BaseException]:
    """Yield an exception, the members of a group, and its causes."""
    if depth == 0:
        return
    yield error
    members = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    for other in (*members[:MAX_CAUSE_DEPTH], cause):
        if other is not None:
            yield from _chain(other, depth - 1 if other is cause else 1)


def _status(error: BaseException) -> int | None:
    """Return the HTTP status of one exception."""
    response = getattr(error, "response", None)
    carriers: list[Any] = [error, response]
    if isinstance(response, Mapping):  # botocore
        carriers += [response.get("ResponseMetadata"), response.get("Error")]
    carriers += [argument for argument in error.args if isinstance(argument, Mapping)]
    carriers += [
        body.get("error", body) for body in (getattr(error, "body", None),) if isinstance(body, Mapping)
    ]
    statuses = (
        _http_status(_get(carrier, name))
        for carrier in carriers
        for name in (*STATUS_FIELDS, "HTTPStatusCode")
    )
    return next((status for status in statuses if status is not None), None)


def _get(carrier: Any, name: str) -> Any:
    return carrier.get(name) if isinstance(carrier, Mapping) else getattr(carrier, name, None)


def _http_status(value: Any) -> int | None:
    """Parse an HTTP status; None for anything else, such as the methods and enumerations of gRPC."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = str(int(value)) if isinstance(value, int) else value.strip()
    return int(text) if re.fullmatch(r"[345]\d\d", text) else None


def _keywords(chain: list[BaseException]) -> str:
    """Return the class names, codes, types and bodies of errors as one text to search."""
    keywords: list[str] = []
    for error in chain:
        response = getattr(error, "response", None)
        inner = response.get("Error") if isinstance(response, Mapping) else None
        keywords += [type(error).__name__, *map(str, (_code(error), getattr(error, "type", ""), inner or ""))]
        keywords += [str(value)[:1000] for value in (getattr(error, "body", None), *error.args[:1]) if value]
    return " ".join(keywords)


def _code(error: BaseException) -> Any:
    """Return an error's code: an attribute in most libraries, a method in gRPC."""
    if isinstance(getattr(error, "status", None), int):
        return ""  # aiohttp: reading its code issues a deprecation warning
    code = getattr(error, "code", "")
    try:
        return code() if callable(code) else code
    except Exception:
        # A method that takes arguments is no error code.
        return ""


def _is_connection_failure(error: BaseException) -> bool:
    kinds = type(error).__mro__
    libraries = {kind.__module__.partition(".")[0] for kind in kinds}
    known = isinstance(error, ConnectionError | TimeoutError | ssl.SSLError) or bool(libraries & LIBRARIES)
    return known or bool({kind.__name__ for kind in kinds} & CONNECTION_ERRORS) or _is_unknown_host(error)


def _is_unknown_host(error: BaseException) -> bool:
    return type(error).__name__ in ("gaierror", "herror")


def _describe(error: BaseException) -> str:
    """Return what an exception and its cause say, once."""
    text, cause = _message(error), _message(error.__cause__) if error.__cause__ else ""
    if text in cause:
        text = cause
    elif cause not in text:
        text = f"{text} ({cause})"
    return USER_INFO.sub("://", text)


def _message(error: BaseException) -> str:
    try:
        return first_line(error)
    except Exception:
        # Some libraries' exceptions fail to convert themselves to text.
        return type(error).__name__
