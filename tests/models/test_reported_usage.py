"""Budgets hold for endpoints that report no tokens, or nonsense."""

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
        "many",
    ],
)
def test_missing_and_impossible_tokens_are_estimated(reported: Any) -> None:
    usage = usage_of(reply(reported), SENT, 1.0)
    assert (usage.calls, usage.estimated_calls, usage.cached_tokens) == (1, 1, 0)
    assert 8 <= usage.input_tokens <= 30
    assert 5 <= usage.output_tokens <= 20


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
