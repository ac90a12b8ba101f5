"""Budgets are enforced: tokens, seconds and money end a run with the best answer it has."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from tests.support.models import ScriptedModel, check, code, scripted
from tests.support.sandboxes import ScriptedSandbox, printed

from codesteer.errors import ConfigurationError
from codesteer.graph.budget import seconds_left, spent_budget, tokens_left
from codesteer.graph.context import Context
from codesteer.graph.state import State
from codesteer.graph.values import read_state
from codesteer.graph.workflow import create_codesteer
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.guides.port import GuideInput
from codesteer.models.usage import Usage
from codesteer.sandboxes.execution import ExecutionResult, Limits

SOLVE = code("print(6 * 7)")
TEST = check("int(answer) == 6 * 6", "product")
INPUT: Any = {"messages": [HumanMessage("Calculate the product of the numbers 6 and 7.")]}


class SlowSandbox(ScriptedSandbox):
    async def run(self, program: str, limits: Limits | None = None) -> ExecutionResult:
        await asyncio.sleep(30)
        return printed("never")


class PricedModel(ScriptedModel):
    model_name: str = "gpt-4o"


def state(**usage: Any) -> State:
    return {"messages": [], "usage": {"task": Usage(**usage)}}


@pytest.mark.parametrize(
    ("budget", "used", "limit"),
    [
        ({"max_tokens": 100}, {"input_tokens": 60, "output_tokens": 40}, "tokens"),
        ({"max_tokens": 100}, {"input_tokens": 60, "output_tokens": 39}, None),
        ({"max_cost": 0.5}, {"cost": 0.5}, "money"),
        ({"max_cost": 0.5}, {"cost": 0.4}, None),
        ({}, {"input_tokens": 10**9, "cost": 1e9}, None),
    ],
)
def test_a_budget_is_spent_when_its_limit_is_reached(budget: Any, used: Any, limit: str | None) -> None:
    assert spent_budget(state(**used), Context(**budget)) == limit


def test_without_a_time_budget_there_is_no_deadline() -> None:
    assert seconds_left(state(), Context()) is None


def test_tokens_are_left_until_the_budget_is_exceeded() -> None:
    used = state(input_tokens=60, output_tokens=50)
    assert tokens_left(used, Context()) is None
    assert tokens_left(used, Context(max_tokens=111)) == 1
    assert tokens_left(used, Context(max_tokens=100)) == -10


class RecordingGuide:
    """Asks for one program, then returns; keeps its inputs."""

    name = "recording"

    def __init__(self) -> None:
        self.inputs: list[GuideInput] = []

    async def decide(self, guide_input: GuideInput) -> Decision:
        self.inputs.append(guide_input)
        action = Action.RETURN if guide_input.attempts else Action.CODE
        return Decision(action=action, mode=Mode.CODE, reason="", guide=self.name)


@pytest.mark.parametrize(("budget", "left"), [(100, [100, 85]), (None, [None, None])])
async def test_a_guide_is_told_the_tokens_used_and_left(budget: int | None, left: list[int | None]) -> None:
    guide = RecordingGuide()
    graph = create_codesteer(task_model=scripted(SOLVE), guide=guide, sandbox=ScriptedSandbox("42")).compile()
    context = Context(candidates=1, max_tokens=budget, check_answer=False)
    await graph.ainvoke(INPUT, context=context)
    assert [given.tokens_used for given in guide.inputs] == [0, 15]
    assert [given.tokens_left for given in guide.inputs] == left


async def run(task: Any, sandbox: ScriptedSandbox, **budget: Any) -> dict[str, Any]:
    graph = create_codesteer(task_model=task, sandbox=sandbox).compile()
    return read_state(await graph.ainvoke(INPUT, context=Context(candidates=1, **budget)))


async def test_a_token_budget_ends_the_run_before_the_next_turn() -> None:
    result = await run(scripted(SOLVE, TEST), ScriptedSandbox("42", "REFUTED: product"), max_tokens=10)
    assert (result["outcome"], result["answer"]) == ("budget_spent", "42")


async def test_a_money_budget_counts_what_the_models_cost() -> None:
    dear = AIMessage(
        SOLVE,
        usage_metadata={"input_tokens": 999_996, "output_tokens": 1, "total_tokens": 999_997},
        response_metadata={"model_name": "gpt-4o-2024-08-06"},
    )
    task = PricedModel(script=[dear, TEST])
    result = await run(task, ScriptedSandbox("42", "REFUTED: product"), max_cost=2.0)
    assert result["outcome"] == "budget_spent"
    assert result["usage"]["task"].cost == pytest.approx(2.5)


async def test_a_time_budget_stops_even_a_program_that_runs() -> None:
    result = await asyncio.wait_for(run(scripted(SOLVE), SlowSandbox(), max_seconds=1.0), timeout=10)
    assert (result["outcome"], result["answer"]) == ("budget_spent", "")
    assert [turn.program for turn in result["turns"]] == ["print(6 * 7)"], "the unfinished turn is kept"


async def test_programs_get_no_more_time_than_the_budget_has_left() -> None:
    sandbox = ScriptedSandbox("42", "REFUTED: product")
    await run(scripted(SOLVE, TEST), sandbox, max_seconds=5.0, max_turns=1)
    assert sandbox.limits[0] is not None
    assert sandbox.limits[0].wall_seconds <= 5.0


UNPRICED = [
    ({}, scripted(SOLVE), "a model without a name (task_model)"),
    ({}, PricedModel(script=[SOLVE], model_name="mine"), "mine (task_model)"),
    ({}, PricedModel(script=[SOLVE], model_name="mine").bind(temperature=1), "mine (task_model)"),
    ({}, PricedModel(script=[SOLVE], model_name="mine").with_retry(), "mine (task_model)"),
    (
        {},
        PricedModel(script=[SOLVE]).with_fallbacks([PricedModel(script=[SOLVE], model_name="mine")]),
        "mine (",
    ),
    ({"guide": "http://127.0.0.1:9/v1#own"}, PricedModel(script=[SOLVE]), "own (guide)"),
    ({"guide": "ollama:own"}, PricedModel(script=[SOLVE]), "ollama:own (guide)"),
    ({"checker_model": "http://127.0.0.1:9/v1#own"}, PricedModel(script=[SOLVE]), "own (checker_model)"),
]


@pytest.mark.parametrize(("settings", "task", "model"), UNPRICED)
async def test_a_money_budget_needs_a_price_before_anything_is_spent(
    settings: dict[str, str], task: Any, model: str
) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        await run(task, ScriptedSandbox("42"), max_cost=1.0, **settings)
    assert model in str(refusal.value)
    assert "CODESTEER_PRICES" in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert not getattr(task, "asked", []), "nothing was asked"


@pytest.mark.parametrize(
    "settings",
    [
        {"guide": "rules"},
        {"checker_model": "local"},
        {"checker_model": "openai:gpt-4o", "check_answer": False},
    ],
)
async def test_models_that_cost_nothing_or_are_not_used_need_no_price(settings: dict[str, Any]) -> None:
    task = PricedModel(script=["The answer is <<<42>>>."] * 2)
    result = await run(
        task, ScriptedSandbox(), max_cost=1.0, max_turns=1, **{"check_answer": False, **settings}
    )
    assert result["outcome"] in ("returned", "turn_limit")


async def test_a_user_defined_price_allows_a_budget(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    table = tmp_path / "prices.json"
    table.write_text('{"mine": {"input": 1000000, "output": 0}}')
    monkeypatch.setenv("CODESTEER_PRICES", str(table))
    task = PricedModel(script=[SOLVE, TEST], model_name="mine")
    result = await run(task, ScriptedSandbox("42", "REFUTED: product"), max_cost=15.0)
    assert result["outcome"] == "budget_spent", "the reply names no model: the price is that of the one asked"
