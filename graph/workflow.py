"""The steering graph: nodes, edges and how a node is called."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from langchain_core.runnables import RunnableLambda
from langgraph.config import get_stream_writer
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import get_runtime

from codesteer.errors import ModelError, SandboxError
from codesteer.graph.budget import seconds_left
from codesteer.graph.context import Context, own_context
from codesteer.graph.routing import route_decision, route_question, route_reply
from codesteer.graph.state import InputState, OutputState, State, require_current
from codesteer.guides.decision import Guide
from codesteer.guides.factory import as_guide
from codesteer.models.asking import Model
from codesteer.models.meter import metered
from codesteer.models.usage import Role
from codesteer.nodes.begin import begin
from codesteer.nodes.check_answer import check_answer
from codesteer.nodes.check_code import check_code
from codesteer.nodes.execute import execute
from codesteer.nodes.finish import finish
from codesteer.nodes.generate import generate
from codesteer.nodes.guide import guide as decide
from codesteer.nodes.pricing import require_prices
from codesteer.nodes.run import Resources, Run, Update
from codesteer.nodes.sync import run_blocking
from codesteer.policy.policy import Policy
from codesteer.sandboxes.port import Sandbox

RECURSION_LIMIT = 128
"""Steps of one run: five a turn for the most turns that a context allows, and some to spare."""
Step = Callable[[State, Run], Awaitable[Update]]
Graph = StateGraph[State, Context, InputState, OutputState]
CompiledGraph = CompiledStateGraph[State, Context, InputState, OutputState]


def create_codesteer(
    *,
    task_model: Model | None = None,
    guide: Guide | Model | None = None,
    checker_model: Model | None = None,
    sandbox: Sandbox | None = None,
    policy: Policy | None = None,
) -> Graph:
    """Build the steering graph, not yet compiled: compile it with your own checkpointer, store and name.

    Objects given here win over the names in the run's ``Context``.

    Args:
        task_model: answers the question; may have retries, fallbacks or settings bound to it.
        guide: decides what the task model does next; a model, or an object that decides by itself.
        checker_model: writes the programs that test answers; without one the task model does.
        sandbox: runs programs.
        policy: what contexts may hold, where others than you give them; None: all that a context can hold.
    """
    resources = Resources(
        task_model=task_model,
        guide=None if guide is None else as_guide(guide),
        checker_model=checker_model,
        sandbox=sandbox,
        policy=policy,
    )
    builder: Graph = StateGraph(
        State, context_schema=Context, input_schema=InputState, output_schema=OutputState
    )
    for name, step in STEPS.items():
        builder.add_node(name, as_node(name, step, resources))
    builder.add_edge(START, "begin")
    builder.add_conditional_edges("begin", route_question)
    builder.add_conditional_edges("guide", route_decision)
    builder.add_conditional_edges("generate", route_reply)
    builder.add_edge("execute", "check_code")
    builder.add_edge("check_code", "check_answer")
    builder.add_edge("check_answer", "guide")
    builder.add_edge("finish", END)
    return builder


STEPS: dict[str, Step] = {
    "begin": begin,
    "guide": decide,
    "generate": generate,
    "execute": execute,
    "check_code": check_code,
    "check_answer": check_answer,
    "finish": finish,
}
ROLES: dict[str, Role] = {"guide": "guide", "check_answer": "checker"}
"""Whose calls a node makes, where they are not the task model's."""
PASSED_AT_THE_END = frozenset({"generate", "execute", "check_code", "check_answer"})
"""Nodes with nothing to do once a run is to end: it then passes through them to ``finish``."""


def as_node(name: str, step: Step, resources: Resources) -> RunnableLambda[State, Update]:
    """Wrap a step as a graph's node, for synchronous and asynchronous callers, within the run's time budget."""

    async def node(state: State) -> Update:
        if name in PASSED_AT_THE_END and state.get("ending") is not None:
            return {}
        if name != "begin":  # which checks by itself: a new question starts a new record
            require_current(state)
        if name == "begin":  # nothing may fail before the question has a record of its own
            return await step(state, Run(Context(), resources, get_stream_writer()))
        context = await resources.admit(own_context(get_runtime(Context).context))
        run = Run(context, resources, get_stream_writer())
        await require_prices(run)
        seconds = None if name == "finish" else seconds_left(state, context)
        return await _bounded(step, state, run, seconds, ROLES.get(name, "task"))

    def blocking_node(state: State) -> Update:
        return run_blocking(lambda: node(state))

    return RunnableLambda(blocking_node, afunc=node, name=name)


async def _bounded(step: Step, state: State, run: Run, seconds: float | None, role: Role) -> Update:
    """Run a step within the time budget; a failure that strikes after an answer ends the run instead.

    What a step's models cost before it failed or was stopped is counted under its role.
    """
    deadline = asyncio.timeout(seconds)
    with metered() as meter:
        try:
            async with deadline:
                return await step(state, run)
        except TimeoutError:
            if not deadline.expired():
                raise
            run.emit("budget_spent", budget="seconds")
            return {"ending": "budget_spent", "usage": {role: meter.usage}}
        except (ModelError, SandboxError) as error:
            if not _has_answer(state):
                raise
            run.emit("failed", error=str(error))
            return {"ending": "failed", "failure": str(error), "usage": {role: meter.usage}}


def _has_answer(state: State) -> bool:
    """True if a failure is to end the run with what it has: a finished turn, or an answer not yet checked."""
    draft = state.get("draft")
    return bool(state.get("turns")) or (draft is not None and draft.answer is not None)


def compile_graph(*, policy: Policy | None = None, **options: Any) -> CompiledGraph:
    """Compile the graph under its name and with its own recursion limit; takes ``compile``'s options."""
    compiled = create_codesteer(policy=policy).compile(name="CodeSteer", **options)
    return compiled.with_config(recursion_limit=RECURSION_LIMIT)


graph = compile_graph()
