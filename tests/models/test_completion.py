"""Replies, usage and failures of chat models are read alike for every provider."""

import asyncio

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from tests.support.endpoint import serve
from tests.support.models import scripted

from codesteer.errors import ModelRefusedError, ModelUnavailableError
from codesteer.models.completion import ask, read_completion
from codesteer.models.resolve import resolve_model

QUESTION = [HumanMessage("hi")]
pytestmark = pytest.mark.enable_socket


async def test_a_reply_has_usage_and_cost() -> None:
    with serve("hello") as endpoint:
        done = await ask(resolve_model(f"{endpoint.url}#m"), QUESTION)
    assert (done.text, done.truncated) == ("hello", False)
    assert (done.usage.input_tokens, done.usage.cached_tokens, done.usage.output_tokens) == (20, 8, 5)
    assert done.usage.seconds > 0


async def test_streaming_reports_usage() -> None:
    with serve("hello there") as endpoint:
        model = resolve_model(f"{endpoint.url}#m")
        whole = None
        async for chunk in model.astream(QUESTION):
            whole = chunk if whole is None else whole + chunk
    assert isinstance(whole, AIMessage)
    assert read_completion(whole, [], 0.0).usage.output_tokens == 5


def test_one_model_serves_several_event_loops() -> None:
    with serve("hello") as endpoint:
        model = resolve_model(f"{endpoint.url}#m")
        for _ in range(3):
            assert asyncio.run(ask(model, QUESTION)).text == "hello"


@pytest.mark.parametrize("status", [500, 503, 429, 408])
async def test_an_overloaded_endpoint_is_unavailable(status: int) -> None:
    with serve((status, {"error": {"message": "busy"}})) as endpoint:
        model = resolve_model(f"{endpoint.url}#m").model_copy(update={"max_retries": 0})
        with pytest.raises(ModelUnavailableError, match=str(status)):
            await ask(model, QUESTION)


@pytest.mark.parametrize(("status", "message"), [(401, "bad key"), (400, "too long"), (404, "no such model")])
async def test_a_refused_request_is_not_retryable(status: int, message: str) -> None:
    with serve((status, {"error": {"message": message}})) as endpoint:
        with pytest.raises(ModelRefusedError, match=message):
            await ask(resolve_model(f"{endpoint.url}#m"), QUESTION)
        assert len(endpoint.requests) == 1


async def test_a_dead_endpoint_is_unavailable() -> None:
    with serve("gone") as endpoint:
        url = endpoint.url
    with pytest.raises(ModelUnavailableError, match="cannot be reached"):
        await ask(resolve_model(f"{url}#m"), QUESTION)


@pytest.mark.parametrize("bug", [AssertionError("bug"), NotImplementedError("bug"), NameError("bug")])
async def test_a_bug_is_not_reported_as_a_model_error(bug: Exception) -> None:
    with pytest.raises(type(bug)):
        await ask(scripted(bug), QUESTION)
