"""Users' models keep their features inside the graph: retries, rate limits, caches, callbacks, settings."""

import asyncio
import gc
from typing import Any

import pytest
from langchain_core.caches import InMemoryCache
from langchain_core.callbacks import BaseCallbackHandler, get_usage_metadata_callback
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.rate_limiters import InMemoryRateLimiter
from langchain_openai import ChatOpenAI
from pydantic import SecretStr
from tests.support.endpoint import serve
from tests.support.models import ScriptedModel, check, code, scripted
from tests.support.sandboxes import ScriptedSandbox

from codesteer import Context, ModelUnavailableError, create_codesteer
from codesteer.graph.builder import CompiledGraph
from codesteer.models.completion import Model

SOLVE = code("print(6 * 7)")
TEST = check("int(answer) == 6 * 7", "product")
DOWN = ModelUnavailableError("down")


async def solve(task: Model, guide: Model | None = None) -> dict[str, Any]:
    sandbox = ScriptedSandbox("42", "CONFIRMED")
    graph = create_codesteer(task_model=task, guide=guide, sandbox=sandbox).compile()
    question = HumanMessage("Calculate the product of the numbers 6 and 7.", id="1")
    return dict(await graph.ainvoke({"messages": [question]}, context=Context(candidates=1)))


async def test_retries() -> None:
    model = scripted(DOWN, SOLVE, DOWN, TEST)
    result = await solve(model.with_retry(stop_after_attempt=2, wait_exponential_jitter=False))
    assert result["answer"] == "42"
    assert len(model.asked) == 4


async def test_retries_of_a_guide() -> None:
    model = scripted(DOWN, '{"action": "code"}', DOWN, '{"action": "return"}')
    guide = model.with_retry(stop_after_attempt=2, wait_exponential_jitter=False)
    assert (await solve(scripted(SOLVE, TEST), guide))["outcome"] == "returned"
    assert len(model.asked) == 4


@pytest.mark.enable_socket
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("retries", [0, 2])
def test_one_object_serves_synchronous_calls_and_several_event_loops(retries: int) -> None:
    assert answers_over_loops(retries) == ["42"] * 8
    gc.collect()  # the client's abandoned connections, in this test


def answers_over_loops(retries: int) -> list[str]:
    context = Context(check_answer=False)

    def ask(number: int) -> Any:
        return {"messages": [HumanMessage(f"Calculate the product of 6 and 7, number {number}.")]}

    async def several(graph: CompiledGraph) -> list[str]:
        runs = (graph.ainvoke(ask(number), context=context) for number in range(3))
        return [result["answer"] for result in await asyncio.gather(*runs)]

    with serve(SOLVE) as endpoint:
        model = ChatOpenAI(base_url=endpoint.url, model="m", api_key=SecretStr("x"), max_retries=retries)
        graph = create_codesteer(task_model=model, sandbox=ScriptedSandbox(*["42"] * 20)).compile()
        answers = [graph.invoke(ask(1), context=context)["answer"]]
        answers += asyncio.run(several(graph))
        answers += asyncio.run(several(graph))
        return [*answers, graph.invoke(ask(2), context=context)["answer"]]


async def test_fallbacks() -> None:
    spare = scripted(SOLVE, TEST)
    result = await solve(scripted(DOWN, DOWN).with_fallbacks([spare]))
    assert result["answer"] == "42"
    assert len(spare.asked) == 2


class Limiter(InMemoryRateLimiter):
    acquired = 0

    async def aacquire(self, *, blocking: bool = True) -> bool:
        self.acquired += 1
        return await super().aacquire(blocking=blocking)


async def test_a_rate_limiter() -> None:
    limiter = Limiter(requests_per_second=1000, check_every_n_seconds=0.001)
    await solve(ScriptedModel(script=[SOLVE, TEST], rate_limiter=limiter))
    assert limiter.acquired == 2


async def test_a_cache() -> None:
    model = ScriptedModel(script=[SOLVE, TEST], cache=InMemoryCache())
    first, second = await solve(model), await solve(model)
    assert first["answer"] == second["answer"] == "42"
    assert len(model.asked) == 2, "the second run asked nothing"


class Calls(BaseCallbackHandler):
    def __init__(self) -> None:
        self.ended = 0

    def on_llm_end(self, *_: Any, **__: Any) -> None:
        self.ended += 1


async def test_callbacks() -> None:
    calls = Calls()
    await solve(ScriptedModel(script=[SOLVE, TEST], callbacks=[calls]))
    assert calls.ended == 2


async def test_bound_callbacks() -> None:
    calls = Calls()
    await solve(scripted(SOLVE, TEST).with_config(callbacks=[calls]))
    assert calls.ended == 2


@pytest.mark.parametrize("name", ["model-a", "model-b"])
async def test_the_callers_usage_callback(name: str) -> None:
    usage: Any = {"input_tokens": 5, "output_tokens": 2, "total_tokens": 7}
    replies = [
        AIMessage(text, usage_metadata=usage, response_metadata={"model_name": name})
        for text in (SOLVE, TEST)
    ]
    with get_usage_metadata_callback() as account:
        await solve(scripted(*replies))
    assert account.usage_metadata[name]["total_tokens"] == 14
