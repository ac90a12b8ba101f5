"""The chat model that asks through Inspect: messages, options, structured output, usage and failures."""

from collections.abc import Iterator
from typing import Any

import pytest
from inspect_ai.model import GenerateConfig, ModelOutput, get_model
from inspect_ai.model._model import init_active_model
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from pydantic import BaseModel, Field
from tests.support.endpoint import Endpoint, completion, serve

from codesteer.errors import ModelError
from codesteer.evals.engine.inspect_model import InspectChatModel, to_message
from codesteer.evals.engine.provider import inspect_name
from codesteer.evals.engine.registry import codesteer
from codesteer.models.completion import ask

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.filterwarnings("ignore:The 'initial' parameter is deprecated:DeprecationWarning"),  # Inspect's
]
assert codesteer


class Step(BaseModel):
    """What to do."""

    action: str = Field(description="what happens")
    count: int = Field(default=1, description="how often")


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with serve("42") as served:
        yield served


def model_at(endpoint: Endpoint, **fields: Any) -> InspectChatModel:
    return InspectChatModel(model=inspect_name(f"{endpoint.url}#m"), **fields)


async def test_the_roles_and_texts_of_a_conversation_arrive(endpoint: Endpoint) -> None:
    messages = [
        SystemMessage("be brief"),
        HumanMessage([{"type": "text", "text": "6 * 7?"}]),
        AIMessage("41"),
        HumanMessage("no"),
    ]
    reply = await model_at(endpoint).ainvoke(messages)
    sent = [(message["role"], message["content"]) for message in endpoint.requests[0]["messages"]]
    assert sent == [("system", "be brief"), ("user", "6 * 7?"), ("assistant", "41"), ("user", "no")]
    assert reply.text == "42"


async def test_a_message_of_another_role_is_refused(endpoint: Endpoint) -> None:
    with pytest.raises(TypeError, match="ToolMessage"):
        await model_at(endpoint).ainvoke([HumanMessage("?"), ToolMessage("7", tool_call_id="1")])
    assert not endpoint.requests


async def test_bound_options_replace_those_of_the_model(endpoint: Endpoint) -> None:
    model = model_at(endpoint, temperature=0.0, max_tokens=300)
    await model.ainvoke("?", stop=["END"])
    await model.bind(temperature=0.7, seed=3).ainvoke("?")
    first, second = endpoint.requests
    assert (first["temperature"], first["seed"], first["max_tokens"], first["stop"]) == (0.0, 0, 300, ["END"])
    assert (second["temperature"], second["seed"], second["max_tokens"]) == (0.7, 3, 300)


async def test_settings_of_the_model_and_of_the_evaluation_take_precedence(endpoint: Endpoint) -> None:
    evaluated = get_model(inspect_name(f"{endpoint.url}#m"), config=GenerateConfig(temperature=0.3))
    init_active_model(evaluated, GenerateConfig())
    await InspectChatModel(temperature=0.9).ainvoke("?")
    init_active_model(evaluated, GenerateConfig(temperature=0.1))
    await InspectChatModel(temperature=0.9).ainvoke("?")
    await model_at(endpoint, temperature=0.9).ainvoke("?")
    assert [request["temperature"] for request in endpoint.requests] == [0.3, 0.1, 0.9]


async def test_usage_counts_cached_tokens_as_input(endpoint: Endpoint) -> None:
    reply = await ask(model_at(endpoint), [HumanMessage("?")])
    assert (reply.usage.input_tokens, reply.usage.cached_tokens, reply.usage.output_tokens) == (20, 8, 5)
    assert not reply.usage.estimated_calls


@pytest.mark.parametrize(("reason", "truncated"), [("length", True), ("stop", False)])
async def test_a_reply_at_the_limit_is_truncated(endpoint: Endpoint, reason: str, truncated: bool) -> None:
    body = completion("42")
    body["choices"][0]["finish_reason"] = reason
    endpoint.answers[:] = [(200, body)]
    assert (await ask(model_at(endpoint), [HumanMessage("?")])).truncated is truncated


async def test_structured_output_is_asked_for_strictly_and_read(endpoint: Endpoint) -> None:
    endpoint.answers[:] = ['{"action": "code", "count": 2}']
    reply = await ask(model_at(endpoint), [HumanMessage("?")], Step)
    assert reply.parsed == Step(action="code", count=2)
    asked = endpoint.requests[0]["response_format"]["json_schema"]
    assert asked["strict"] is True
    assert asked["schema"]["required"] == ["action", "count"]
    assert "default" not in asked["schema"]["properties"]["count"]


@pytest.mark.parametrize("text", ["no JSON", '{"count": 2}', '{"action": "co', ""])
async def test_unreadable_structured_output_stays_text(endpoint: Endpoint, text: str) -> None:
    endpoint.answers[:] = [text]
    reply = await ask(model_at(endpoint), [HumanMessage("?")], Step)
    assert (reply.text, reply.parsed) == (text, None)


async def test_structured_output_without_the_message(endpoint: Endpoint) -> None:
    endpoint.answers[:] = ['{"action": "code", "count": 2}']
    assert await model_at(endpoint).with_structured_output(Step).ainvoke("?") == Step(action="code", count=2)


async def test_an_output_without_a_message_is_an_error() -> None:
    model = get_model("mockllm/model")
    with pytest.raises(ModelError, match="blocked"):
        to_message(ModelOutput(model="m", error="blocked"), model)


def test_synchronous_calls_are_refused(endpoint: Endpoint) -> None:
    with pytest.raises(NotImplementedError, match="asynchronous"):
        model_at(endpoint).invoke("?")
