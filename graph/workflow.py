"""The steering graph: nodes, edges and how a node is called."""

from collections.abc import Hashable
from typing import Any

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from codesteer.graph.calls import Node, Step, as_route
from codesteer.graph.context import Context
from codesteer.graph.retries import RETRY
from codesteer.graph.routing import (
    END_LABEL,
    FAILURE_LABEL,
    NOTHING_LABEL,
    WRITERS,
    route_decision,
    route_executed,
    route_question,
    route_record,
    route_written,
)
from codesteer.graph.state import InputState, OutputState, StoredState
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
from codesteer.nodes.runtime import Resources
from codesteer.nodes.write_program import write_program
from codesteer.nodes.write_text import write_text
from codesteer.policy.policy import Policy
from codesteer.sandboxes.port import Sandbox

RECURSION_LIMIT = 128
"""Steps of one run: five a turn for the most turns that a context allows, and some to spare."""
Graph = StateGraph[StoredState, Context, InputState, OutputState]
CompiledGraph = CompiledStateGraph[StoredState, Context, InputState, OutputState]


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
        StoredState, context_schema=Context, input_schema=InputState, output_schema=OutputState
    )
    for name, step in STEPS.items():
        builder.add_node(name, Node(name, step, resources), defer=name == "record", retry_policy=RETRY)
    builder.add_edge(START, "begin")
    builder.add_conditional_edges("begin", route_question, {"new question": "guide", "answered before": END})
    builder.add_conditional_edges(
        "guide", route_decision, {"code": "write_program", "text": "write_text", END_LABEL: "finish"}
    )
    written: dict[Hashable, str] = {
        "program": "execute",
        "no program": "check_answer",
        NOTHING_LABEL: "record",
        FAILURE_LABEL: "finish",
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
    builder.add_conditional_edges("record", route_record, {"next turn": "guide", FAILURE_LABEL: "finish"})
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


def compile_graph(*, policy: Policy | None = None, **options: Any) -> CompiledGraph:
    """Compile the graph under its name and with its own recursion limit; takes ``compile``'s options."""
    compiled = create_codesteer(policy=policy).compile(name="CodeSteer", **options)
    return compiled.with_config(recursion_limit=RECURSION_LIMIT)


graph = compile_graph()
