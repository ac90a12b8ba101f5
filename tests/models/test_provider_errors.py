"""Every exception of a client library becomes one of three errors: unavailable, refused, or no usable reply."""

import asyncio
import socket
import ssl
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

import aiohttp
import botocore.exceptions
import httpx
import httpx2
import pytest
import requests
import urllib3
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import HumanMessage
from langgraph.errors import GraphInterrupt
from tests.support.endpoint import serve
from tests.support.models import scripted

from codesteer.errors import (
    ConfigurationError,
    ModelError,
    ModelFileError,
    ModelRefusedError,
    ModelUnavailableError,
)
from codesteer.models.completion import ask
from codesteer.models.provider_errors import classify_error
from codesteer.models.resolve import resolve_model

QUESTION = [HumanMessage("hi")]


class Failure(Exception):  # noqa: N818 (it stands for any name)
    """An exception of a library, with its own attribute for the status."""

    def __init__(self, text: str = "it failed", **attributes: Any) -> None:
        super().__init__(text)
        self.__dict__.update(attributes)


class Mute(Exception):  # noqa: N818 (it stands for any name)
    """An exception that fails to convert itself to text."""

    def __str__(self) -> str:
        raise AttributeError


class Response:
    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)


class StatusCode:
    """An exception of gRPC, whose status is a method."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self) -> str:
        return f"StatusCode.{self.name}"


def botocores(status: int, code: str) -> Exception:
    answer: Any = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    error: Exception = botocore.exceptions.ClientError(answer, "Converse")
    return error


def caused(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


def during(error: Exception, context: BaseException) -> Exception:
    error.__context__ = context
    return error


CONNECTION: list[Exception] = [
    ConnectionRefusedError("refused"),
    TimeoutError(),
    socket.gaierror(-2, "unknown host"),
    ssl.SSLError("bad certificate"),
    httpx.ConnectError("refused"),
    httpx.ReadTimeout("slow"),
    httpx.RemoteProtocolError("closed"),
    httpx2.ConnectError("refused"),
    requests.exceptions.ConnectionError("refused"),
    requests.exceptions.ReadTimeout("slow"),
    requests.exceptions.ChunkedEncodingError("closed"),
    urllib3.exceptions.ProtocolError("closed"),
    urllib3.exceptions.NewConnectionError(None, "refused"),  # type: ignore[arg-type]
    aiohttp.ClientConnectionError("refused"),
    aiohttp.ServerDisconnectedError(),
    aiohttp.ClientPayloadError("closed"),
    botocore.exceptions.EndpointConnectionError(endpoint_url="https://x"),
    botocore.exceptions.ReadTimeoutError(endpoint_url="https://x"),
    botocore.exceptions.ConnectionClosedError(endpoint_url="https://x"),
    caused(ValueError("wrapped"), httpx.ConnectError("refused")),
    during(RuntimeError("wrapped"), ConnectionResetError("reset")),
    ExceptionGroup("tasks", [ValueError("x"), httpx.ConnectError("refused")]),
    Failure(code=StatusCode("UNAVAILABLE")),
    Failure(code=StatusCode("RESOURCE_EXHAUSTED")),
]


@pytest.mark.parametrize("error", CONNECTION, ids=lambda error: type(error).__module__ + type(error).__name__)
def test_connection_failures_are_retryable(error: Exception) -> None:
    assert isinstance(classify_error(error), ModelUnavailableError)


BUSY: list[Exception] = [
    Failure(status_code=429),
    Failure(http_status=503),
    Failure(status=500),
    Failure(code=429),
    Failure(code="503"),
    Failure(code=HTTPStatus.TOO_MANY_REQUESTS),
    Failure(response=Response(status_code=502)),
    Failure(response=Response(status=504)),
    aiohttp.ClientResponseError(SimpleNamespace(real_url="https://x"), (), status=429),  # type: ignore[arg-type]
    botocores(429, "ThrottlingException"),
    botocores(503, "ServiceUnavailableException"),
    caused(ValueError("wrapped"), Failure(status_code=429)),
    ValueError({"message": "slow down", "code": 429}),
    ValueError({"message": "Rate limit reached", "type": "rate_limit_error"}),
    Failure(body={"error": {"code": 529, "message": "Overloaded"}}),
    Failure(body={"type": "overloaded_error"}),
]


@pytest.mark.parametrize("error", BUSY)
def test_overload_is_retryable(error: Exception) -> None:
    assert isinstance(classify_error(error), ModelUnavailableError)


REFUSED: list[Exception] = [
    Failure(status_code=400),
    Failure(http_status=401),
    Failure(code=403),
    Failure(code="404"),
    Failure(status_code=307),
    botocores(400, "ValidationException"),
    botocores(403, "AccessDeniedException"),
    ValueError({"message": "no such model", "code": 404}),
    caused(KeyError("choices"), Failure(status_code=422)),
]


@pytest.mark.parametrize("error", REFUSED)
def test_refusals_are_final(error: Exception) -> None:
    assert isinstance(classify_error(error), ModelRefusedError)


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("Rate limit reached: quota of 60 requests per minute", {}),
        ("Quota exceeded for quota metric 'Generate requests' per minute", {}),
        ("You exceeded your current quota. Please retry in 34.5s.", {}),
        ("You exceeded your current quota; limit: 15 per day for generate_content_free_tier_requests", {}),
        ("tokens per min quota used up, try again in 6s", {"code": "rate_limit_exceeded"}),
        ("quota", {}),
        ("Too many requests", {"code": "quota_throttled"}),
    ],
)
def test_a_rate_limit_that_mentions_a_quota_is_retryable(text: str, more: dict[str, Any]) -> None:
    assert isinstance(classify_error(Failure(text, status_code=429, **more)), ModelUnavailableError)


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("You exceeded your current quota, please check your plan and billing details.", {}),
        ("no", {"code": "insufficient_quota"}),
        ("no", {"body": {"error": {"type": "insufficient_quota"}}}),
        ("no", {"status_code": 402}),
        ("Insufficient Balance", {}),
        ("Your credit balance is too low to access the API", {"status_code": 400}),
        ("Billing hard limit has been reached", {"code": "billing_hard_limit_reached"}),
    ],
)
def test_exhausted_quotas_are_final(text: str, more: dict[str, Any]) -> None:
    failure = classify_error(Failure(text, **{"status_code": 429, **more}))
    assert isinstance(failure, ModelRefusedError)
    assert "quota at the model's endpoint is exhausted" in str(failure)


UNUSABLE: list[Exception] = [
    KeyError("choices"),
    TypeError("null"),
    IndexError("list index out of range"),
    ValueError("{}"),
    AttributeError("x"),
    RuntimeError("event loop"),
    OSError("disk"),
    UnicodeDecodeError("utf-8", b"", 0, 1, "x"),
    Exception(),
    Mute("x"),
]


@pytest.mark.parametrize("error", UNUSABLE)
def test_other_exceptions_mean_no_usable_reply(error: Exception) -> None:
    failure = classify_error(error)
    assert type(failure) is ModelError
    assert "\n" not in str(failure)


@pytest.mark.parametrize(
    "error",
    [
        ConfigurationError("x"),
        ModelFileError("x"),
        GraphInterrupt(),
        AssertionError("x"),
        NotImplementedError("x"),
        NameError("x"),
        MemoryError(),
    ],
)
async def test_codesteer_errors_graph_signals_and_bugs_are_unchanged(error: Exception) -> None:
    assert classify_error(error) is error
    with pytest.raises(type(error)) as raised:
        await ask(scripted(error), QUESTION)
    assert raised.value is error


@pytest.mark.parametrize("signal", [asyncio.CancelledError, KeyboardInterrupt, SystemExit])
async def test_cancellations_are_not_model_errors(signal: type[BaseException]) -> None:
    class Stopped:
        async def ainvoke(self, _: Any) -> Any:
            raise signal

    model: Any = Stopped()
    with pytest.raises(signal):
        await ask(model, QUESTION)


def test_a_missing_package_is_a_configuration_error() -> None:
    assert isinstance(classify_error(ImportError("No module named 'x'")), ConfigurationError)


def test_errors_do_not_repeat_credentials() -> None:
    failure = classify_error(httpx.ConnectError("cannot reach https://user:hunter2@h.example/v1"))
    assert "hunter2" not in str(failure)


def test_cyclic_causes_terminate() -> None:
    error = ValueError("x")
    error.__cause__ = error.__context__ = error
    assert isinstance(classify_error(error), ModelError)


@given(st.text(), st.one_of(st.none(), st.integers(), st.text(), st.booleans(), st.binary()))
def test_any_text_and_status_give_one_line(text: str, status: Any) -> None:
    for name in ("status_code", "code", "response", "body", "status"):
        failure = classify_error(Failure(text, **{name: status}))
        assert isinstance(failure, ModelError)
        assert "\n" not in str(failure)


BODIES = [
    {"error": {"message": "boom", "code": 500}},
    {"error": "boom"},
    {"choices": None},
    {"choices": []},
    {"choices": [{}]},
    {"choices": [{"message": None}]},
    {"detail": "not found"},
    {},
    [],
    "text",
    None,
    b"<html><body>Please log in</body></html>",
    b"",
    b"{",
]


@pytest.mark.enable_socket
@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("streaming", [False, True])
async def test_an_invalid_200_response_is_a_model_error(body: Any, streaming: bool) -> None:
    with serve((200, body if isinstance(body, bytes) or not streaming else str(body).encode())) as endpoint:
        model: Any = resolve_model(f"{endpoint.url}#m").model_copy(
            update={"max_retries": 0, "streaming": streaming}
        )
        with pytest.raises(ModelError) as failure:
            await ask(model, QUESTION)
    assert "\n" not in str(failure.value)
