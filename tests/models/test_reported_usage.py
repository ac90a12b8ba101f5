"""Budgets hold for endpoints that report no tokens, or nonsense."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langchain_openai import ChatOpenAI
from tests.support.endpoint import serve
from tests.support.models import scripted

from codesteer.models.completion import ask
from codesteer.models.reported_usage import usage_of, usage_without_reply
from codesteer.models.usage import Usage

SENT = [HumanMessage("How many primes lie between one and one hundred?")]


def reply(usage: Any) -> AIMessage:
    """Return a reply whose provider's package validates nothing."""
    message = AIMessage("There are twenty-five of them.")
    message.__dict__["usage_metadata"] = usage
    return message


def test_reported_tokens_count_as_they_are() -> None:
    usage = usage_of(
        reply({"input_tokens": 20, "output_tokens": 5, "input_token_details": {"cache_read": 8}}), SENT, 1.0
    )
    assert usage == Usage(calls=1, input_tokens=20, cached_tokens=8, output_tokens=5, seconds=1.0)


@pytest.mark.parametrize(
    "reported",
    [
        None,
        {},
        {"total_tokens": 5},
        {"input_tokens": 0, "output_tokens": 0},
        {"input_tokens": -306, "output_tokens": 5},
        {"input_tokens": None, "output_tokens": 5},
        {"input_tokens": "20", "output_tokens": "5"},
        {"input_tokens": True, "output_tokens": True},
        {"input_tokens": 10**30, "output_tokens": 5},
        {"input_tokens": 2**63, "output_tokens": 5},
        {"input_tokens": 1e9, "output_tokens": math.inf},
        {"input_tokens": False, "output_tokens": 5},
        {"input_tokens": 0, "output_tokens": 7, "total_tokens": 7},
        "many",
    ],
)
def test_missing_and_impossible_tokens_are_estimated(reported: Any) -> None:
    usage = usage_of(reply(reported), SENT, 1.0)
    assert (usage.calls, usage.estimated_calls, usage.cached_tokens) == (1, 1, 0)
    assert 8 <= usage.input_tokens <= 30
    assert 5 <= usage.output_tokens <= 20


@pytest.mark.parametrize(
    "reported",
    [
        {"input_tokens": 20},
        {"input_tokens": 20, "output_tokens": 0},
        {"input_tokens": 20, "output_tokens": 0, "total_tokens": 20},
        {"input_tokens": 20, "output_tokens": None, "total_tokens": True},
        {"input_tokens": 20, "output_tokens": -5, "total_tokens": 15},
        {"input_tokens": 20, "output_tokens": 10**30},
        {"input_tokens": 20, "output_tokens": 2**53, "total_tokens": 2**53 + 20},
    ],
)
def test_each_side_is_estimated_alone(reported: Any) -> None:
    usage = usage_of(reply(reported), SENT, 1.0)
    assert (usage.input_tokens, usage.estimated_calls) == (20, 1)
    assert 5 <= usage.output_tokens <= 20


def test_a_reply_without_text_may_have_no_tokens() -> None:
    message = AIMessage("", usage_metadata={"input_tokens": 20, "output_tokens": 0, "total_tokens": 20})
    usage = usage_of(message, SENT, 1.0)
    assert (usage.input_tokens, usage.output_tokens, usage.estimated_calls) == (20, 0, 0)


@pytest.mark.parametrize(
    ("reported", "inputs", "outputs"),
    [
        ({"input_tokens": 20, "output_tokens": 505, "total_tokens": 525, "reasoning": 500}, 20, 505),
        ({"input_tokens": 20, "output_tokens": 5, "total_tokens": 525, "reasoning": 500}, 20, 505),
        ({"input_tokens": 20, "output_tokens": 5, "total_tokens": 525}, 20, 505),
        ({"input_tokens": 20, "output_tokens": 5, "reasoning": 500}, 20, 505),
        ({"input_tokens": 20, "output_tokens": 5, "total_tokens": 25, "reasoning": 5}, 20, 5),
        ({"input_tokens": 20, "output_tokens": 5, "total_tokens": 7}, 20, 5),
        ({"input_tokens": 20, "output_tokens": 5, "total_tokens": "525"}, 20, 5),
        ({"input_tokens": 20, "output_tokens": 5, "total_tokens": 25, "flex_reasoning": 9}, 20, 14),
        ({"input_tokens": 20, "total_tokens": 70}, 20, 50),
        ({"output_tokens": 50, "total_tokens": 70}, 20, 50),
        ({"input_tokens": 20, "output_tokens": 5, "total_tokens": 10**30}, 20, 5),
        ({"input_tokens": 20, "output_tokens": 5, "reasoning": 10**30}, 20, 5),
    ],
)
def test_tokens_that_are_counted_apart_are_added_once(reported: Any, inputs: int, outputs: int) -> None:
    details = {name: reported.pop(name) for name in ("reasoning", "flex_reasoning") if name in reported}
    usage = usage_of(reply({**reported, "output_token_details": details}), SENT, 1.0)
    assert (usage.input_tokens, usage.output_tokens, usage.estimated_calls) == (inputs, outputs, 0)


@pytest.mark.parametrize(
    ("reported", "details", "inputs", "cached"),
    [
        ({"input_tokens": 20}, {"cache_read": 8, "cache_creation": 12}, 20, 8),
        ({"input_tokens": 10}, {"cache_read": 1000}, 1010, 1000),
        ({"input_tokens": 10}, {"cache_read": 8, "cache_creation": 900}, 918, 8),
        ({"input_tokens": 2000, "total_tokens": 3005}, {"cache_read": 1000}, 3000, 1000),
        ({"input_tokens": 20}, {"flex_cache_read": 8}, 20, 8),
        ({"input_tokens": 20}, {"cache_read": True}, 20, 0),
        ({"input_tokens": 20}, {"cache_read": 10**30, "cache_creation": 2**62}, 20, 0),
        ({"input_tokens": 0}, {"cache_read": 30}, 30, 30),
    ],
)
def test_a_prompt_has_at_least_the_tokens_of_the_cache(
    reported: Any, details: Any, inputs: int, cached: int
) -> None:
    usage = usage_of(reply({"output_tokens": 5, "input_token_details": details, **reported}), SENT, 1.0)
    assert (usage.input_tokens, usage.cached_tokens, usage.output_tokens) == (inputs, cached, 5)


@pytest.mark.parametrize("details", [{}, {"cache_read": 1000}, {"cache_read": 9, "cache_creation": 5}])
@pytest.mark.parametrize("model", ["mine", "gpt-4o", "anthropic:claude-sonnet-4-5"])
def test_no_usage_has_a_negative_cost(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, details: Any, model: str
) -> None:
    prices = tmp_path / "prices.json"
    prices.write_text(json.dumps({"mine": {"input": 10, "output": 20, "cached_input": 1}}))
    monkeypatch.setenv("CODESTEER_PRICES", str(prices))
    reported = {"input_tokens": 10, "output_tokens": 5, "input_token_details": details}
    assert usage_of(reply(reported), SENT, 1.0, model).cost > 0


def test_tokens_written_to_a_cache_have_their_price() -> None:
    reported = {"input_tokens": 1000, "output_tokens": 5, "input_token_details": {"cache_creation": 900}}
    usage = usage_of(reply(reported), SENT, 1.0, "anthropic:claude-sonnet-4-5")
    assert usage.cost == pytest.approx(0.00375)


CALL = {"name": "decide", "args": {"guidance": "Add them one by one. " * 20}, "id": "1"}


@pytest.mark.parametrize(
    "message",
    [
        AIMessage("", tool_calls=[CALL]),
        AIMessage("", invalid_tool_calls=[{**CALL, "args": "{" * 400, "error": None}]),
        AIMessage("Five.", additional_kwargs={"reasoning_content": "step " * 80}),
        AIMessage("", additional_kwargs={"reasoning": "step " * 80}),
        AIMessage("", additional_kwargs={"reasoning_details": [{"text": "step " * 80}]}),
        AIMessage([{"type": "reasoning", "reasoning": "step " * 80}]),
    ],
)
def test_all_that_a_model_wrote_is_estimated(message: AIMessage) -> None:
    usage = usage_of(message, SENT, 1.0)
    assert 100 <= usage.output_tokens <= 200
    assert usage.estimated_calls == 1


@pytest.mark.parametrize("details", [None, "x", {}, {"cache_read": None}, {"cache_read": -1}])
def test_unreadable_details_are_left_out(details: Any) -> None:
    usage = usage_of(
        reply({"input_tokens": 20, "output_tokens": 5, "input_token_details": details}), SENT, 1.0
    )
    assert (usage.input_tokens, usage.cached_tokens, usage.output_tokens) == (20, 0, 5)


def test_estimates_of_known_models_cost_money() -> None:
    assert usage_of(reply(None), SENT, 1.0, "gpt-4o").cost > usage_without_reply(SENT, 1.0, "gpt-4o").cost > 0


def test_sums_tell_how_many_calls_are_estimates() -> None:
    sums = usage_of(reply(None), SENT, 1.0) + usage_of(
        reply({"input_tokens": 1, "output_tokens": 1}), SENT, 1.0
    )
    assert (sums.calls, sums.estimated_calls) == (2, 1)


async def test_a_call_never_raises_because_of_its_usage() -> None:
    for usage in ({"total_tokens": 5}, {"input_tokens": None}, {"input_token_details": None}):
        assert (await ask(scripted(reply(usage)), SENT)).usage.tokens > 0


@pytest.mark.enable_socket
async def test_a_stream_of_a_users_own_model_object_is_counted() -> None:
    with serve("hello there") as endpoint:
        model = ChatOpenAI(base_url=endpoint.url, model="m", api_key="x", streaming=True)  # type: ignore[arg-type]
        assert (await ask(model, SENT)).usage.tokens > 0
