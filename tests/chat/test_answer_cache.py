"""A response cache answers a question again with an answer, but never with a failure that may have passed."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from langchain_core.caches import InMemoryCache
from langchain_core.globals import get_llm_cache, set_llm_cache
from langchain_core.messages import HumanMessage
from tests.support.models import code, scripted
from tests.support.sandboxes import ScriptedSandbox

from codesteer import ChatCodeSteer, ModelRefusedError
from codesteer.chat.answer_cache import AnswerCache, answer_cache
from codesteer.guides.decision import Action, Decision, Mode

ASKED = [HumanMessage("What is the sum of the numbers below 10?", id="q")]
PROGRAM = code("print(sum(range(10)))")
METHODS = pytest.mark.parametrize("method", ["invoke", "ainvoke"])


@pytest.fixture
def global_cache() -> Iterator[InMemoryCache]:
    cache, before = InMemoryCache(), get_llm_cache()
    set_llm_cache(cache)
    yield cache
    set_llm_cache(before)


def outcomes(model: ChatCodeSteer, method: str) -> list[str]:
    """Ask the same question twice."""

    def ask() -> Any:
        return model.invoke(ASKED) if method == "invoke" else asyncio.run(model.ainvoke(ASKED))

    return [ask().response_metadata["outcome"] for _ in range(2)]


def chat(script: Any, outputs: Any = ("45", "46"), **settings: Any) -> ChatCodeSteer:
    usual = {"check_answer": False, "candidates": 1, "max_turns": 2, "guide": Code()}
    inside = scripted(*script).model_copy(update={"cache": False})
    parts = {"task_model": inside, "sandbox": ScriptedSandbox(*outputs)}
    return ChatCodeSteer(**usual | parts | settings)


class Code:
    """A guide that wants code in every turn."""

    async def decide(self, _: Any) -> Any:
        return Decision(action=Action.CODE, mode=Mode.CODE, reason="", guide="code")


OUTAGE = (PROGRAM, ModelRefusedError("quota"), PROGRAM, PROGRAM)


@METHODS
def test_a_passing_outage_is_forgotten(method: str) -> None:
    model = chat(OUTAGE, ("45", "46", "47"), cache=InMemoryCache())
    assert outcomes(model, method) == ["failed", "turn_limit"]


@METHODS
def test_an_answer_comes_from_the_cache(method: str) -> None:
    model = chat((PROGRAM, PROGRAM), cache=InMemoryCache())
    assert outcomes(model, method) == ["turn_limit"] * 2


@METHODS
def test_the_global_cache_has_no_failure_either(global_cache: InMemoryCache, method: str) -> None:
    model = chat(OUTAGE, ("45", "46", "47"))
    assert outcomes(model, method) == ["failed", "turn_limit"]
    assert outcomes(model, method) == ["turn_limit"] * 2, "the script is over: from the cache"


def test_a_model_without_a_cache_asks_again(global_cache: InMemoryCache) -> None:
    model = chat((PROGRAM,) * 4, ("45", "46") * 2, cache=False)
    assert outcomes(model, "invoke") == ["turn_limit"] * 2
    assert global_cache._cache == {}


def test_a_cache_that_is_missing_is_an_error_as_in_every_chat_model() -> None:
    with pytest.raises(ValueError, match="no cache found"):
        chat((PROGRAM,), cache=True).invoke(ASKED)


def test_only_a_cache_that_there_is_gets_a_filter() -> None:
    assert [answer_cache(None), answer_cache(False), answer_cache(True)] == [None, False, True]
    cache = InMemoryCache()
    assert isinstance(answer_cache(cache), AnswerCache)


async def test_clearing_reaches_the_other_cache() -> None:
    cache = InMemoryCache()
    cache.update("p", "m", [])
    AnswerCache(cache).clear()
    assert cache.lookup("p", "m") is None
    cache.update("p", "m", [])
    await AnswerCache(cache).aclear()
    assert await AnswerCache(cache).alookup("p", "m") is None
