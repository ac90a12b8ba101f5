"""Structured output keeps what is bound to a model, and failing to set it up is no error."""

import json
from typing import Any, Literal

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.runnables import Runnable, RunnableLambda
from langchain_openai import ChatOpenAI
from pydantic import BaseModel
from tests.support.endpoint import serve
from tests.support.models import ScriptedModel, scripted

from codesteer.models.completion import ask
from codesteer.models.structured_output import parsed_output

ASKED = [HumanMessage("What is next?")]


class Next(BaseModel):
    """What is next."""

    action: Literal["code", "text"]


def openai(url: str) -> BaseChatModel:
    return ChatOpenAI(base_url=url, model="m", api_key="x", max_retries=0)  # type: ignore[arg-type]


@pytest.mark.enable_socket
@pytest.mark.parametrize("schema", [Next, None])
async def test_bound_options_are_sent_with_a_schema_and_without(schema: type[BaseModel] | None) -> None:
    with serve(json.dumps({"action": "code"})) as endpoint:
        bound = openai(endpoint.url).bind(temperature=0.25, user="me").bind(max_tokens=77)
        done = await ask(bound, ASKED, schema)
    (request,) = endpoint.requests
    assert (request["temperature"], request["user"]) == (0.25, "me")
    assert 77 in (request.get("max_tokens"), request.get("max_completion_tokens"))
    assert ("response_format" in request) is (schema is not None)
    assert done.parsed == (Next(action="code") if schema else None)


@pytest.mark.enable_socket
async def test_configuration_and_retries_stay_around_the_call() -> None:
    started: list[str] = []

    def note(run: Any) -> None:
        started.append(run.name)

    with serve((500, {"error": {"message": "busy"}}), json.dumps({"action": "text"})) as endpoint:
        model = openai(endpoint.url).with_listeners(on_start=note).with_retry(wait_exponential_jitter=False)
        done = await ask(model, ASKED, Next)
    assert done.parsed == Next(action="text")
    assert len(endpoint.requests) == 2
    assert started


class _Refusing(ScriptedModel):
    """A model of somebody else, whose structured output cannot be set up."""

    problem: Any

    def with_structured_output(self, schema: Any, **_: Any) -> Runnable[Any, Any]:
        raise self.problem


@pytest.mark.parametrize(
    "problem",
    [
        TypeError("include_raw?"),
        ImportError("no package"),
        NotImplementedError(),
        KeyError("x"),
        RuntimeError(),
    ],
)
async def test_a_model_whose_structured_output_fails_is_asked_in_words(problem: Exception) -> None:
    done = await ask(_Refusing(script=["code"], problem=problem), ASKED, Next)
    assert (done.text, done.parsed) == ("code", None)


class _NoRaw(ScriptedModel):
    """A model whose structured output knows no ``include_raw``."""

    def with_structured_output(self, schema: Any) -> Runnable[Any, Any]:  # type: ignore[override]
        return RunnableLambda(lambda _: schema)


async def test_a_method_with_fewer_arguments_is_no_error() -> None:
    assert (await ask(_NoRaw(script=["text"]), ASKED, Next)).text == "text"
    assert (await ask(_NoRaw(script=["text"]).bind(stop=["x"]), ASKED, Next)).text == "text"


def test_what_the_schema_refuses_can_be_read_as_text() -> None:
    call = {"name": "Next", "args": {"action": "Code", "guidance": "use a sieve"}, "id": "1"}
    message, parsed = parsed_output({"raw": AIMessage("", tool_calls=[call]), "parsed": None})
    assert (json.loads(message.text), parsed) == (call["args"], None)


def test_a_call_whose_arguments_are_no_json_is_kept_as_text() -> None:
    broken: Any = {"name": "Next", "args": '{"action": "code"', "id": "1", "error": "cut"}
    message, parsed = parsed_output({"raw": AIMessage("", invalid_tool_calls=[broken]), "parsed": None})
    assert (message.text, parsed) == ('{"action": "code"', None)


async def test_text_beside_a_call_is_kept() -> None:
    reply = AIMessage("I choose code.", tool_calls=[{"name": "Next", "args": {}, "id": "1"}])
    message, _ = parsed_output({"raw": reply, "parsed": None})
    assert message.text == "I choose code."
    assert (await ask(scripted("words"), ASKED, Next)).text == "words"
