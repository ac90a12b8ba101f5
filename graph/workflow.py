"""The steering graph: nodes, edges and how a node is called."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, cast

from langchain_core.runnables import RunnableLambda
from langgraph.config import get_stream_writer
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime, get_runtime

from codesteer.errors import ModelError, SandboxError
from codesteer.graph.budget import seconds_left
from codesteer.graph.checks import Checks
from codesteer.graph.context import Context, own_context
from codesteer.graph.routing import (
    END_LABEL,
    NOTHING_LABEL,
    WRITERS,
    route_decision,
    route_executed,
    route_question,
    route_record,
    route_written,
)
from codesteer.graph.state import InputState, OutputState, State, StoredState, require_current
from codesteer.graph.values import read_state, write_update
from codesteer.guides.decision import Guide
from codesteer.guides.factory import as_guide
from codesteer.models.asking import Model
from codesteer.nodes.begin import begin
from codesteer.nodes.check_answer import check_answer
from codesteer.nodes.check_code import check_code
from codesteer.nodes.execute import execute
from codesteer.nodes.finish import finish
from codesteer.nodes.guide import guide as decide
from codesteer.nodes.record import record
from codesteer.nodes.run import Resources, Run, Update
from codesteer.nodes.sync import run_blocking
from codesteer.nodes.write_program import write_program
from codesteer.nodes.write_text import write_text
from codesteer.sandboxes.port import Sandbox

RECURSION_LIMIT = 128
"""Steps of one run: five a turn for the most turns that a context allows, and some to spare."""
Step = Callable[[State, Run], Awaitable[Update]]
Graph = StateGraph[StoredState, Context, InputState, OutputState]
CompiledGraph = CompiledStateGraph[StoredState, Context, InputState, OutputState]


def create_codesteer(
    *,
    task_model: Model | None = None,
    guide: Guide | Model | None = None,
    checker_model: Model | None = None,
    sandbox: Sandbox | None = None,
) -> Graph:
    """Build the steering graph, not yet compiled: compile it with your own checkpointer, store and name.

    Objects given here win over the names in the run's ``Context``.

    Args:
        task_model: answers the question; may have retries, fallbacks or settings bound to it.
        guide: decides what the task model does next; a model, or an object that decides by itself.
        checker_model: writes the programs that test answers; without one the task model does.
        sandbox: runs programs.
    """
    resources = Resources(
        task_model=task_model,
        guide=None if guide is None else as_guide(guide),
        checker_model=checker_model,
        sandbox=sandbox,
    )
    builder: Graph = StateGraph(
        StoredState, context_schema=Context, input_schema=InputState, output_schema=OutputState
    )
    for name, step in STEPS.items():
        builder.add_node(name, as_node(name, step, resources), defer=name == "record")
    builder.add_edge(START, "begin")
    builder.add_conditional_edges("begin", route_question, {"new question": "guide", "answered before": END})
    builder.add_conditional_edges(
        "guide", route_decision, {"code": "write_program", "text": "write_text", END_LABEL: "finish"}
    )
    written: dict[Hashable, str] = {
        "program": "execute",
        "no program": "check_answer",
        NOTHING_LABEL: "record",
        END_LABEL: "finish",
    }
    for writer in WRITERS.values():
        builder.add_conditional_edges(writer, as_route(route_written, resources), written)
    executed: dict[Hashable, str] = {
        "check code": "check_code",
        "check answer": "check_answer",
        NOTHING_LABEL: "record",
    }
    builder.add_conditional_edges("execute", as_route(route_executed, resources), executed)
    builder.add_edge("check_code", "record")
    builder.add_edge("check_answer", "record")
    builder.add_conditional_edges("record", route_record, {"next turn": "guide", "failure / limit": "finish"})
    builder.add_edge("finish", END)
    return builder


STEPS: dict[str, Step] = {
    "begin": begin,
    "guide": decide,
    "write_program": write_program,
    "write_text": write_text,
    "execute": execute,
    "check_code": check_code,
    "check_answer": check_answer,
    "record": record,
    "finish": finish,
}
UNTIMED = frozenset({"begin", "record", "finish"})
"""Nodes outside the time budget: ``begin`` still sees the record of the question before."""


def as_route(
    route: Callable[[State, Checks], str | list[str]], resources: Resources
) -> Callable[[StoredState, Runtime[Context]], str | list[str]]:
    """Give a route the run's settings."""

    def routed(state: StoredState, runtime: Runtime[Context]) -> str | list[str]:
        return route(
            cast(State, read_state(state)),
            Run(own_context(runtime.context), resources, lambda _: None).checks,
        )

    return routed


def as_node(name: str, step: Step, resources: Resources) -> RunnableLambda[StoredState, Update]:
    """Wrap a step as a graph's node, for synchronous and asynchronous callers, within the run's time budget."""

    async def node(stored: StoredState) -> Update:
        # A new question starts a new record, whatever version the one before it is of.
        state = cast(State, stored) if name == "begin" else _current(stored)
        context = own_context(get_runtime(Context).context)
        run = Run(context, resources, get_stream_writer())
        seconds = None if name in UNTIMED else seconds_left(state, context)
        return write_update(await _bounded(step, state, run, seconds))

    def blocking_node(stored: StoredState) -> Update:
        return run_blocking(lambda: node(stored))

    return RunnableLambda(blocking_node, afunc=node, name=name)


def _current(stored: StoredState) -> State:
    require_current(stored)
    return cast(State, read_state(stored))


async def _bounded(step: Step, state: State, run: Run, seconds: float | None) -> Update:
    """Run a step within the time budget; a failure that strikes after a finished turn ends the run instead."""
    deadline = asyncio.timeout(seconds)
    try:
        async with deadline:
            return await step(state, run)
    except TimeoutError:
        if not deadline.expired():
            raise
        run.emit("budget_spent", budget="seconds")
        return {"stop_reason": "budget_spent"}
    except (ModelError, SandboxError) as error:
        if not state.get("turns"):
            raise
        run.emit("failed", error=str(error))
        return {"stop_reason": "failed", "failure": str(error)}


def compile_graph(**options: Any) -> CompiledGraph:
    """Compile the graph under its name and with its own recursion limit; takes ``compile``'s options."""
    compiled = create_codesteer().compile(name="CodeSteer", **options)
    return compiled.with_config(recursion_limit=RECURSION_LIMIT)


graph = compile_graph()
