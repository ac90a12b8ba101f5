"""Requests avoid what an endpoint rejects: detected once, remembered, and written to the debug log."""

import gc
import logging
from collections.abc import Callable
from itertools import pairwise
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_openai import ChatOpenAI
from pydantic import BaseModel, SecretStr
from tests.support.endpoint import Reply, serve
from tests.support.models import scripted

from codesteer.errors import ModelError, ModelRefusedError
from codesteer.models import unsupported_features
from codesteer.models.characters import valid_text
from codesteer.models.completion import ask
from codesteer.models.request_adaptation import NO_REPLY, adapt_messages, with_max_tokens
from codesteer.models.resolve import resolve_model
from codesteer.models.unsupported_features import (
    UnsupportedFeature,
    clear_unsupported,
    known_unsupported,
    rejected_feature,
    remember_unsupported,
)

TALK = [
    SystemMessage("You steer."),
    HumanMessage("One."),
    HumanMessage("Two."),
    AIMessage("Three."),
    HumanMessage("Four."),
]
pytestmark = pytest.mark.enable_socket
Check = Callable[[dict[str, Any]], str | None]


class Schema(BaseModel):
    action: str


@pytest.fixture(autouse=True)
def cleared() -> None:
    clear_unsupported()


def picky(*checks: Check, status: int = 400) -> Callable[[dict[str, Any]], Reply]:
    """Return an endpoint that rejects a request if one of the checks complains."""

    def answer(request: dict[str, Any]) -> Reply:
        complaint = next(filter(None, (check(request) for check in checks)), None)
        return (status, {"error": {"message": complaint}}) if complaint else "fine"

    return answer


def no_stream_options(request: dict[str, Any]) -> str | None:
    return "Unrecognized request argument supplied: stream_options" if "stream_options" in request else None


def no_system(request: dict[str, Any]) -> str | None:
    roles = {message["role"] for message in request["messages"]}
    return "System role not supported" if "system" in roles else None


def alternating(request: dict[str, Any]) -> str | None:
    roles = [message["role"] for message in request["messages"] if message["role"] != "system"]
    broken = roles[:1] != ["user"] or any(one == other for one, other in pairwise(roles))
    return "Conversation roles must alternate user/assistant/user/assistant/..." if broken else None


def no_empty(request: dict[str, Any]) -> str | None:
    empty = any(not str(message["content"]).strip() for message in request["messages"])
    return "all messages must have non-empty content" if empty else None


@pytest.mark.parametrize(
    ("check", "feature", "streaming"),
    [
        (no_stream_options, UnsupportedFeature.STREAM_USAGE, True),
        (no_system, UnsupportedFeature.SYSTEM_ROLE, False),
        (no_system, UnsupportedFeature.SYSTEM_ROLE, True),
        (alternating, UnsupportedFeature.REPEATED_ROLES, False),
    ],
)
@pytest.mark.parametrize("status", [400, 422, 500])
async def test_requests_are_adapted_to_the_endpoint(
    check: Check, feature: UnsupportedFeature, streaming: bool, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "codesteer")
    with serve(picky(check, status=status)) as endpoint:
        model: Any = resolve_model(f"{endpoint.url}#m").model_copy(
            update={"streaming": streaming, "max_retries": 0}
        )
        first, second = await ask(model, TALK), await ask(model, TALK)
    assert first.text.strip() == second.text.strip() == "fine"
    assert (first.usage.calls, second.usage.calls) == (2, 1), "the refused call counts, and is not repeated"
    assert len(endpoint.requests) == 3 or status == 500, "which the client itself tries again"
    assert known_unsupported(model) == {feature}
    assert [feature in line for line in caplog.messages if "refused" in line] == [True]


async def test_several_unsupported_features_are_detected_in_turn() -> None:
    with serve(picky(no_stream_options, no_system, alternating)) as endpoint:
        model: Any = resolve_model(f"{endpoint.url}#m").model_copy(update={"streaming": True})
        assert (await ask(model, TALK)).usage.calls == 4
        assert (await ask(model, TALK)).usage.calls == 1
    sent = endpoint.requests[-1]["messages"]
    assert [message["role"] for message in sent] == ["user", "assistant", "user"]
    assert all(text in sent[0]["content"] for text in ("You steer.", "One.", "Two."))


async def test_other_endpoints_and_models_are_unaffected() -> None:
    with serve(picky(no_system)) as endpoint, serve("fine") as other:
        await ask(resolve_model(f"{endpoint.url}#m"), TALK)
        await ask(resolve_model(f"{other.url}#m"), TALK)
        assert known_unsupported(resolve_model(f"{endpoint.url}#n")) == set()
    assert other.requests[0]["messages"][0]["role"] == "system"


async def test_a_fallback_without_success_is_not_remembered() -> None:
    with serve((400, {"error": {"message": "the system message is too long"}})) as endpoint:
        model = resolve_model(f"{endpoint.url}#m")
        with pytest.raises(ModelRefusedError):
            await ask(model, TALK)
    assert len(endpoint.requests) == 2
    assert known_unsupported(model) == set()


OUTAGES = [
    (503, "System message: the service is overloaded, try again later"),
    (503, "the grammar workers are unavailable"),
    (529, "System message: overloaded"),
    (502, "bad gateway: response_format is not supported"),
    (429, "too many consecutive messages of one user, slow down"),
    (500, "grammar service crashed, try again"),
    (500, "the system prompt cache must be rebuilt, please retry"),
    (500, "consecutive messages of one user: internal error"),
    (401, 'invalid key for role "system"-user'),
    (403, "this key may not use structured output"),
]


@pytest.mark.parametrize(("status", "text"), OUTAGES)
@pytest.mark.parametrize("schema", [None, Schema])
async def test_an_outage_that_mentions_a_feature_is_no_refusal(
    status: int, text: str, schema: type[BaseModel] | None
) -> None:
    with serve((status, {"error": {"message": text}}), '{"action": "code"}') as endpoint:
        model = ChatOpenAI(model="m", base_url=endpoint.url, api_key=SecretStr("none"), max_retries=0)
        if schema is None or status not in (
            401,
            403,
        ):  # a refused form is asked for in words, whatever the reason
            with pytest.raises(ModelError):
                await ask(model, TALK, schema)
            assert len(endpoint.requests) == 1
        reply = await ask(model, TALK, schema)
    assert known_unsupported(model) == set()
    assert reply.text == '{"action": "code"}'
    assert endpoint.requests[-1]["messages"][0]["role"] == "system"


@pytest.mark.parametrize(
    "text",
    [
        "Failed to parse grammar",
        "cannot compile the json_schema",
        "response_format is not yet supported",
        "this server does not support tools",
    ],
)
@pytest.mark.parametrize("status", [400, 404, 422, 500, 501])
async def test_a_refusal_is_remembered(status: int, text: str) -> None:
    with serve((status, {"error": {"message": text}}), '{"action": "code"}') as endpoint:
        model = ChatOpenAI(model="m", base_url=endpoint.url, api_key=SecretStr("none"), max_retries=0)
        assert (await ask(model, TALK, Schema)).text == '{"action": "code"}'
    assert known_unsupported(model) == {UnsupportedFeature.STRUCTURED_OUTPUT}


@pytest.mark.parametrize(
    ("error", "features"),
    [
        (ValueError("System role not supported"), {UnsupportedFeature.SYSTEM_ROLE}),
        (TypeError("Conversation roles must alternate user/assistant"), {UnsupportedFeature.REPEATED_ROLES}),
        (ValueError("Unexpected response type: got str: '<html>System message'"), set()),
        (ConnectionError("System role not supported"), set()),
        (ModelError("the model returned SystemMessage instead of a message"), set()),
        (ModelRefusedError("the system message must be shorter"), set()),
    ],
)
async def test_only_a_clients_refusal_counts_without_a_status(
    error: Exception, features: set[UnsupportedFeature]
) -> None:
    class Client:
        failures: ClassVar[list[Exception]] = [error]

        async def ainvoke(self, _: Any) -> AIMessage:
            if self.failures:
                raise self.failures.pop()
            return AIMessage("fine")

    model: Any = Client()
    if features:
        assert (await ask(model, TALK)).text == "fine"
    else:
        with pytest.raises(ModelError):
            await ask(model, TALK)
    assert known_unsupported(model) == features


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        ("Error code: 400 - System role not supported", UnsupportedFeature.SYSTEM_ROLE),
        (
            "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
            UnsupportedFeature.SYSTEM_ROLE,
        ),
        ("Developer instruction is not enabled for models/gemma-3-27b-it", UnsupportedFeature.SYSTEM_ROLE),
        ("`system` role is not allowed", UnsupportedFeature.SYSTEM_ROLE),
        ("Only user and assistant roles are supported!", UnsupportedFeature.SYSTEM_ROLE),
        (
            "Conversation roles must alternate user/assistant/user/assistant/...",
            UnsupportedFeature.REPEATED_ROLES,
        ),
        (
            "After the (optional) system message(s), user and assistant roles should be alternating.",
            UnsupportedFeature.REPEATED_ROLES,
        ),
        (
            'messages: roles must alternate between "user" and "assistant", but found multiple',
            UnsupportedFeature.REPEATED_ROLES,
        ),
        ("Expected last role User or Tool for serving but got assistant", UnsupportedFeature.REPEATED_ROLES),
        (
            "A conversation must start with a user message: the first message must be user",
            UnsupportedFeature.REPEATED_ROLES,
        ),
        ("Unknown parameter: 'stream_options'.", UnsupportedFeature.STREAM_USAGE),
        ("stream_options.include_usage: extra fields not permitted", UnsupportedFeature.STREAM_USAGE),
        ("response_format is not supported", UnsupportedFeature.STRUCTURED_OUTPUT),
        (
            "Invalid parameter: 'response_format' of type 'json_schema' is not supported",
            UnsupportedFeature.STRUCTURED_OUTPUT,
        ),
        ("registry.ollama.ai/gemma does not support tools", UnsupportedFeature.STRUCTURED_OUTPUT),
        ("tool_choice is not supported", UnsupportedFeature.STRUCTURED_OUTPUT),
        ("the filesystem is full", None),
        ("system error", None),
        ("internal error in our systems", None),
        ("maximum context length is 4096 tokens", None),
        ("", None),
    ],
)
def test_rejections_are_recognised_by_their_wording(text: str, feature: UnsupportedFeature | None) -> None:
    assert rejected_feature(text, structured=True) == feature
    if feature is UnsupportedFeature.STRUCTURED_OUTPUT:
        assert rejected_feature(text, structured=False) is None


EMPTY: list[BaseMessage] = [
    AIMessage(""),
    AIMessage("  \n\t"),
    AIMessage("<think>a draft</think>"),
    AIMessage("<think>cut off"),
    AIMessage([]),
    AIMessage([{"type": "text", "text": ""}]),
    AIMessage([{"type": "reasoning", "reasoning": "a draft"}]),
    AIMessage([{"type": "thinking", "thinking": "a draft", "signature": "s"}]),
]


@pytest.mark.parametrize("empty", EMPTY)
async def test_an_empty_reply_is_never_sent_back(empty: AIMessage) -> None:
    talk = [HumanMessage("One."), empty, HumanMessage("Two.")]
    with serve(picky(no_empty)) as endpoint:
        assert (await ask(resolve_model(f"{endpoint.url}#m"), talk)).text == "fine"
    assert endpoint.requests[0]["messages"][1] == {"role": "assistant", "content": NO_REPLY}
    assert talk[1] is empty, "the recorded message is unchanged"


def test_tool_calls_and_attachments_stay_unchanged() -> None:
    call = AIMessage("", tool_calls=[{"name": "f", "args": {}, "id": "1"}])
    image = HumanMessage([{"type": "image_url", "image_url": {"url": "data:"}}])
    talk = [image, call, ToolMessage("", tool_call_id="1")]
    assert adapt_messages(talk, set()) == talk
    assert [message.text for message in adapt_messages([SystemMessage(""), HumanMessage(" ")], set())] == [
        "(empty message)"
    ] * 2


MESSAGES = st.lists(
    st.builds(
        lambda kind, content: kind(content),
        st.sampled_from([HumanMessage, AIMessage, SystemMessage]),
        st.one_of(
            st.text(max_size=9),
            st.lists(st.builds(lambda t: {"type": "text", "text": t}, st.text(max_size=5))),
        ),
    ),
    min_size=1,
    max_size=8,
)


@given(MESSAGES)
def test_merged_roles_alternate_and_no_text_is_lost(messages: list[BaseMessage]) -> None:
    before = [message.model_copy(deep=True) for message in messages]
    sent = adapt_messages(messages, {UnsupportedFeature.SYSTEM_ROLE, UnsupportedFeature.REPEATED_ROLES})
    kinds = [message.type for message in sent]
    assert kinds[0] == "human"
    assert "system" not in kinds
    assert all(one != other for one, other in pairwise(kinds))
    assert all(message.text.strip() for message in sent)
    everything = "\n".join(message.text for message in sent)
    for message in messages:
        if not isinstance(message, AIMessage):
            assert valid_text(message.text).strip() in everything
    assert messages == before


async def test_structured_output_is_given_up_only_if_unsupported() -> None:
    answers: list[Reply] = [
        (400, {"error": {"message": "content policy"}}),
        '{"action": "plain"}',
        '{"action": "form"}',
    ]
    with serve(*answers) as endpoint:
        model = resolve_model(f"{endpoint.url}#m")
        assert (await ask(model, TALK, Schema)).parsed is None
        again = await ask(model, TALK, Schema)
    assert again.parsed == Schema(action="form")
    assert ["response_format" in request for request in endpoint.requests] == [True, False, True]


@pytest.mark.parametrize(
    "text", ['{"action": "co', '{"action": "code"', '{"action": "code", "x": [1', '{"action":']
)
async def test_truncated_structured_output_is_not_completed(text: str) -> None:
    with serve(text) as endpoint:
        assert (await ask(resolve_model(f"{endpoint.url}#m"), TALK, Schema)).parsed is None


def test_max_tokens_can_be_set_inside_wrappers() -> None:
    model: Any = resolve_model("http://127.0.0.1:9/v1#m")
    for wrapped in (
        model,
        model.bind(temperature=1),
        model.with_retry(),
        model.bind(stop=["x"]).with_retry(),
    ):
        inner: Any = with_max_tokens(wrapped, 99)
        while hasattr(inner, "bound"):
            inner = inner.bound
        assert inner.max_tokens == 99
    assert model.max_tokens is None
    assert with_max_tokens(scripted("x"), 99) is None


async def test_a_model_without_a_message_is_a_model_error() -> None:
    class Odd:
        async def ainvoke(self, _: Any) -> Any:
            return "text"

    model: Any = Odd()
    with pytest.raises(ModelError, match="returned str instead of a message"):
        await ask(model, TALK)


def test_knowledge_about_an_object_ends_with_it() -> None:
    model: Any = scripted()
    remember_unsupported(model.bind(temperature=1), {UnsupportedFeature.SYSTEM_ROLE})
    assert known_unsupported(model.with_retry()) == {UnsupportedFeature.SYSTEM_ROLE}
    assert known_unsupported(scripted()) == set()
    del model
    gc.collect()
    assert not unsupported_features._known
