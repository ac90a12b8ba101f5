"""The steering graph: nodes, edges and how a node is called."""

import re
from collections.abc import Hashable, Sequence
from functools import partial
from typing import Any

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from codesteer.checkers.port import Checker
from codesteer.errors import ConfigurationError
from codesteer.graph.calls import Node, Step, as_route
from codesteer.graph.checks import check_label
from codesteer.graph.context import Context
from codesteer.graph.retries import RETRY
from codesteer.graph.routing import (
    CHECK_LABEL,
    END_LABEL,
    FAILURE_LABEL,
    NO_PROGRAM_LABEL,
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
from codesteer.models.completion import Model
from codesteer.nodes.begin import begin
from codesteer.nodes.check_answer import check_answer
from codesteer.nodes.check_code import check_code
from codesteer.nodes.check_more import check_more
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
CHECKER_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
Graph = StateGraph[StoredState, Context, InputState, OutputState]
CompiledGraph = CompiledStateGraph[StoredState, Context, InputState, OutputState]


def create_codesteer(
    *,
    task_model: Model | None = None,
    guide: Guide | Model | None = None,
    checker_model: Model | None = None,
    sandbox: Sandbox | None = None,
    checkers: Sequence[Checker] = (),
    policy: Policy | None = None,
) -> Graph:
    """Build the steering graph, not yet compiled: compile it with your own checkpointer, store and name.

    Objects given here win over the names in the run's ``Context``.

    Args:
        task_model: answers the question; may have retries, fallbacks or settings bound to it.
        guide: decides what the task model does next; a model, or an object that decides by itself.
        checker_model: writes the programs that test answers; without one the task model does.
        sandbox: runs programs.
        checkers: judge answers beside the symbolic and the self-answer checker, each in a node of its own.
        policy: what contexts may hold, where others than you give them; None: all that a context can hold.

    Raises:
        ConfigurationError: a checker's name is not an identifier, is taken, or stands there twice.
    """
    added = _by_name(checkers)
    resources = Resources(
        task_model=task_model,
        guide=None if guide is None else as_guide(guide),
        checker_model=checker_model,
        sandbox=sandbox,
        checkers=tuple(added),
        policy=policy,
    )
    builder: Graph = StateGraph(
        StoredState, context_schema=Context, input_schema=InputState, output_schema=OutputState
    )
    added_steps = {f"check_{name}": partial(check_more, checker=checker) for name, checker in added.items()}
    for name, step in (STEPS | added_steps).items():
        builder.add_node(name, Node(name, step, resources), defer=name == "record", retry_policy=RETRY)
    _add_edges(builder, resources)
    return builder


def _add_edges(builder: Graph, resources: Resources) -> None:
    """Draw the edges; every decision and every way to the end is a label."""
    added: dict[Hashable, str] = {check_label(name): f"check_{name}" for name in resources.checkers}
    written = {"program": "execute", NO_PROGRAM_LABEL: "check_answer", **added}
    executed = {"check code": "check_code", CHECK_LABEL: "check_answer", **added, NOTHING_LABEL: "record"}
    builder.add_edge(START, "begin")
    builder.add_conditional_edges("begin", route_question, {"new question": "guide", "answered before": END})
    builder.add_conditional_edges(
        "guide", route_decision, {"code": "write_program", "text": "write_text", END_LABEL: "finish"}
    )
    for writer in WRITERS.values():
        ways = {**written, NOTHING_LABEL: "record", FAILURE_LABEL: "finish"}
        builder.add_conditional_edges(writer, as_route(route_written, resources), ways)
    builder.add_conditional_edges("execute", as_route(route_executed, resources), executed)
    for check in ("check_code", "check_answer", *added.values()):
        builder.add_edge(check, "record")
    builder.add_conditional_edges("record", route_record, {"next turn": "guide", FAILURE_LABEL: "finish"})
    builder.add_edge("finish", END)


def _by_name(checkers: Sequence[Checker]) -> dict[str, Checker]:
    named: dict[str, Checker] = {}
    for checker in checkers:
        if not CHECKER_NAME.fullmatch(checker.name) or checker.name in {"code", "answer", *named}:
            raise ConfigurationError(
                f"a checker cannot be called {checker.name!r}: give it a lower-case identifier of its own "
                "(code and answer are taken)"
            )
        named[checker.name] = checker
    return named


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
