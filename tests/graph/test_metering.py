"""Usage is counted even if the node that called the model fails or times out, and the run keeps its answer."""

import asyncio
from typing import Any

import pytest
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun
from langchain_core.messages import BaseMessage, HumanMessage
from langchain_core.outputs import ChatResult
from tests.support.models import ScriptedModel, check, code, scripted
from tests.support.sandboxes import ScriptedSandbox

from codesteer.errors import ModelError, ModelRefusedError, ModelUnavailableError
from codesteer.graph.context import Context
from codesteer.graph.values import read_state
from codesteer.graph.workflow import create_codesteer
from codesteer.guides.chat_model import ChatModelGuide
from codesteer.models.completion import ask
from codesteer.models.usage_tracker import track_usage

INPUT: Any = {"messages": [HumanMessage("Calculate the product of the numbers 6 and 7.")]}
SOLVE = code("print(6 * 7)")
TEST = check("int(answer) == 6 * 6", "product")


class HangingModel(ScriptedModel):
    """Hangs after the end of its script."""

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **_: Any,
    ) -> ChatResult:
        if not self.script:
            await asyncio.sleep(30)
        return self._generate(messages)


async def run(task: Any, sandbox: ScriptedSandbox, guide: Any = None, **budget: Any) -> dict[str, Any]:
    graph = create_codesteer(task_model=task, sandbox=sandbox, guide=guide).compile()
    return read_state(await graph.ainvoke(INPUT, context=Context(candidates=1, **budget)))


FAILURES = [
    (ModelUnavailableError("down"), 2),
    (KeyError("choices"), 1),
    (TypeError("null value for 'choices'"), 1),
    (ValueError({"message": "boom", "code": 500}), 2),
    (ConnectionResetError("reset"), 2),
    (RuntimeError("the client is closed"), 1),
]
"""Errors that a model raises, and how often a node calls it then."""


@pytest.mark.parametrize(("failure", "attempts"), FAILURES)
async def test_a_failed_call_of_the_task_model_is_counted_and_the_answer_remains(
    failure: Exception, attempts: int
) -> None:
    result = await run(scripted(SOLVE, TEST, failure), ScriptedSandbox("42", "REFUTED: product"))
    assert (result["outcome"], result["answer"]) == ("failed", "42")
    used = result["usage"]["task"]
    assert used.calls == 1 + attempts
    assert used.input_tokens > 10 + 20, "the prompt of the call that failed is estimated"


@pytest.mark.parametrize(("failure", "attempts"), FAILURES)
async def test_a_failed_call_of_the_guide_is_counted(failure: Exception, attempts: int) -> None:
    guide = ChatModelGuide(scripted('{"action": "code"}', failure), "m")
    result = await run(scripted(SOLVE), ScriptedSandbox("42"), guide, check_answer=False)
    assert (result["outcome"], result["answer"]) == ("failed", "42")
    assert result["usage"]["guide"].calls == 1 + attempts


@pytest.mark.parametrize(("failure", "attempts"), FAILURES)
async def test_the_unchecked_answer_remains_if_the_checker_fails(failure: Exception, attempts: int) -> None:
    result = await run(scripted(SOLVE, failure), ScriptedSandbox("42"))
    assert (result["outcome"], result["answer"]) == ("failed", "42")
    assert result["usage"]["checker"].calls == attempts
    assert result["usage"]["checker"].input_tokens > 0


@pytest.mark.parametrize(("failure", "attempts"), FAILURES)
async def test_without_an_answer_a_failure_is_a_one_line_error(failure: Exception, attempts: int) -> None:
    del attempts
    with pytest.raises(ModelError) as raised:
        await run(scripted(failure), ScriptedSandbox())
    assert "\n" not in str(raised.value)


async def test_a_call_that_the_time_budget_stopped_is_counted() -> None:
    task = HangingModel(script=[SOLVE, TEST])
    result = await asyncio.wait_for(run(task, ScriptedSandbox("42", "REFUTED: x"), max_seconds=1.0), 10)
    assert (result["outcome"], result["answer"]) == ("budget_spent", "42")
    assert result["usage"]["task"].calls == 2
    assert result["usage"]["task"].input_tokens > 10 + 20


async def test_the_first_call_that_the_time_budget_stopped_is_counted() -> None:
    result = await asyncio.wait_for(run(HangingModel(script=[]), ScriptedSandbox(), max_seconds=0.2), 10)
    assert result["outcome"] == "budget_spent"
    assert result["usage"]["task"].calls == 1
    assert result["usage"]["task"].input_tokens > 0


async def test_a_guide_that_the_time_budget_stopped_is_counted() -> None:
    guide = ChatModelGuide(HangingModel(script=['{"action": "code"}']), "m")
    result = await asyncio.wait_for(
        run(scripted(SOLVE), ScriptedSandbox("42"), guide, max_seconds=1.0, check_answer=False), 10
    )
    assert (result["outcome"], result["usage"]["guide"].calls) == ("budget_spent", 2)


async def test_successful_calls_before_a_failure_are_counted_once() -> None:
    with track_usage() as tracker:
        await ask(scripted("one two"), INPUT["messages"])
        with pytest.raises(ModelRefusedError):
            await ask(scripted(ModelRefusedError("no")), INPUT["messages"])
    assert tracker.usage.calls == 2
    assert tracker.usage.output_tokens == 2


async def test_a_meter_counts_only_calls_in_its_own_block() -> None:
    async def one() -> int:
        with track_usage() as tracker:
            await asyncio.gather(*(ask(scripted("a b c"), INPUT["messages"]) for _ in range(3)))
        return tracker.usage.calls

    assert list(await asyncio.gather(one(), one())) == [3, 3]
