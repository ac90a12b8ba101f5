"""A person may update the state of a thread at any point, as Studio and the SDK do, and the run goes on from there."""

from typing import Any

import pytest
from langchain_core.messages import HumanMessage, SystemMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import Command
from tests.support.models import check, code, scripted
from tests.support.sandboxes import ScriptedSandbox

from codesteer import Context, create_codesteer
from codesteer.graph.builder import CompiledGraph
from codesteer.graph.workflow import NODES

INPUT: Any = {"messages": [HumanMessage("Calculate the product of the numbers 6 and 7.")]}
THREAD: Any = {"configurable": {"thread_id": "1"}}
SOLVE = code("print(6 * 7)")
TEST = check("int(answer) == 6 * 7", "product")
OWN = "print(7 * 6)"


def threaded(*outputs: str) -> CompiledGraph:
    builder = create_codesteer(
        task_model=scripted(*[SOLVE] * 3, TEST, TEST), sandbox=ScriptedSandbox(*outputs, "42", "42", "42")
    )
    return builder.compile(checkpointer=InMemorySaver())


NOW = [None, *NODES]


@pytest.mark.parametrize("node", NOW)
async def test_every_checkpoint_can_be_updated_as_every_node(node: str | None) -> None:
    graph = threaded()
    await graph.ainvoke(INPUT, THREAD, context=Context(check_answer=False, candidates=1))
    snapshots = [snapshot async for snapshot in graph.aget_state_history(THREAD)]
    decided = [snapshot for snapshot in snapshots if "decision" in snapshot.values]
    assert len(decided) > 5
    for snapshot in decided:
        await graph.aupdate_state(snapshot.config, {"messages": [SystemMessage("Be brief.")]}, as_node=node)


@pytest.mark.parametrize(
    ("settings", "next_nodes"),
    [
        ({}, {"check_code", "check_answer"}),
        ({"check_answer": False}, {"check_code"}),
        ({"check_code": False}, {"check_answer"}),
        ({"check_code": False, "check_answer": False}, {"record"}),
    ],
)
def test_the_stored_settings_route_an_update(settings: Any, next_nodes: set[str]) -> None:
    graph = threaded()
    graph.invoke(INPUT, THREAD, context=Context(candidates=1, review=("code",), **settings))
    turn = graph.get_state(THREAD).values["current"][0]
    execution = {"status": "ok", "stdout": "42", "exit_code": 0, "wall_seconds": 0.1}
    update = {"current": [{**turn, "answer": "42", "execution": execution}]}
    assert set(graph.get_state(graph.update_state(THREAD, update, as_node="execute")).next) == next_nodes


def test_a_program_edited_while_it_waits_for_review_is_the_one_that_runs() -> None:
    graph = threaded("42")
    graph.invoke(INPUT, THREAD, context=Context(candidates=1, review=("code",), check_answer=False))
    turn = graph.get_state(THREAD).values["current"][0]
    graph.update_state(THREAD, {"current": [{**turn, "program": OWN}]})
    graph.invoke(None, THREAD)
    result: Any = graph.invoke(Command(resume="approve"), THREAD)
    assert result["turns"][0]["program"] == OWN


def test_the_state_of_a_node_can_be_updated() -> None:
    outer = StateGraph(MessagesState, context_schema=Context).add_node("codesteer", threaded("42"))
    graph: Any = outer.add_edge(START, "codesteer").compile(checkpointer=InMemorySaver())
    graph.invoke(INPUT, THREAD, context=Context(candidates=1, review=("code",), check_answer=False))
    inner = graph.get_state(THREAD, subgraphs=True).tasks[0].state
    assert inner.next == ("execute",)
    graph.update_state(inner.config, {"current": [{**inner.values["current"][0], "program": OWN}]})


@pytest.mark.parametrize(("checks_answer", "asked"), [(True, 2), (False, 1)])
async def test_a_resumed_run_is_routed_by_the_settings_that_it_is_given(
    checks_answer: bool, asked: int
) -> None:
    model, sandbox = scripted(SOLVE, TEST), ScriptedSandbox("42", "CONFIRMED")
    graph = create_codesteer(task_model=model, sandbox=sandbox).compile(checkpointer=InMemorySaver())
    settings: Any = {"candidates": 1, "max_turns": 1}
    first = Context(review=("code",), check_answer=not checks_answer, **settings)
    await graph.ainvoke(INPUT, THREAD, context=first)
    await graph.ainvoke(
        Command(resume="approve"), THREAD, context=Context(check_answer=checks_answer, **settings)
    )
    assert len(model.asked) == asked
