"""Build the steering graph: its nodes and edges."""

import re
from collections.abc import Hashable, Sequence
from functools import partial
from typing import Any

from langgraph.graph import END, START

from codesteer.checkers.port import Checker
from codesteer.errors import ConfigurationError
from codesteer.graph.builder import CompiledGraph, Graph
from codesteer.graph.checks import checker_label
from codesteer.graph.node import Node, NodeFunction, as_router
from codesteer.graph.objects import require_object
from codesteer.graph.retries import RETRY_POLICY
from codesteer.graph.routing import (
    CHECK_ANSWER_LABEL,
    END_LABEL,
    FAILURE_LABEL,
    NO_PROGRAM_LABEL,
    NOTHING_TO_CHECK_LABEL,
    WRITER_NODES,
    route_after_begin,
    route_after_execute,
    route_after_finish,
    route_after_guide,
    route_after_recall,
    route_after_record,
    route_after_write,
)
from codesteer.guides.factory import as_guide
from codesteer.guides.port import Guide
from codesteer.models.completion import Model
from codesteer.nodes.begin import begin
from codesteer.nodes.check_answer import check_answer
from codesteer.nodes.check_code import check_code
from codesteer.nodes.execute import execute
from codesteer.nodes.finish import finish
from codesteer.nodes.guide import guide as decide
from codesteer.nodes.learn import learn
from codesteer.nodes.recall import recall
from codesteer.nodes.record import record
from codesteer.nodes.run_checker import run_checker
from codesteer.nodes.runtime import Resources
from codesteer.nodes.write_program import write_program
from codesteer.nodes.write_text import write_text
from codesteer.policy.policy import Policy
from codesteer.sandboxes.port import Sandbox

CHECKER_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")


def create_codesteer(
    *,
    task_model: Model | None = None,
    guide: Guide | Model | None = None,
    checker_model: Model | None = None,
    sandbox: Sandbox | None = None,
    checkers: Sequence[Checker] = (),
    policy: Policy | None = None,
) -> Graph:
    """Build the steering graph, uncompiled: compile it with your own checkpointer, store and name.

    Objects passed here override the names in the run's ``Context``.

    Args:
        task_model: answers the question; may have retries, fallbacks or settings bound to it.
        guide: decides what the task model does next; a model or a ``Guide``.
        checker_model: writes the programs that test answers; None: the task model.
        sandbox: runs programs.
        checkers: additional checkers of answers; each runs in a node of its own.
        policy: limits what contexts may contain, for graphs that serve other people; None: no limits.

    Raises:
        ConfigurationError: a checker's name is not an identifier, or is already taken; a name instead of an object.
    """
    objects = {"task_model": task_model, "guide": guide, "checker_model": checker_model, "sandbox": sandbox}
    for name, value in objects.items():
        if value is not None:
            require_object(name, value)
    added = _checkers_by_name(checkers)
    resources = Resources(
        task_model=task_model,
        guide=None if guide is None else as_guide(guide),
        checker_model=checker_model,
        sandbox=sandbox,
        checkers=tuple(added),
        policy=policy,
    )
    builder = Graph()
    added_nodes = {f"check_{name}": partial(run_checker, checker=checker) for name, checker in added.items()}
    for name, function in (NODES | added_nodes).items():
        builder.add_node(
            name, Node(name, function, resources), defer=name == "record", retry_policy=RETRY_POLICY
        )
    _add_edges(builder, resources)
    return builder


def _add_edges(builder: Graph, resources: Resources) -> None:
    """Add the edges; every decision and every way to the end has a label."""
    added: dict[Hashable, str] = {checker_label(name): f"check_{name}" for name in resources.checkers}
    written = {"program": "execute", NO_PROGRAM_LABEL: "check_answer", **added}
    executed = {
        "check code": "check_code",
        CHECK_ANSWER_LABEL: "check_answer",
        **added,
        NOTHING_TO_CHECK_LABEL: "record",
    }
    builder.add_edge(START, "begin")
    builder.add_conditional_edges(
        "begin", route_after_begin, {"new question": "guide", "experience": "recall", "answered before": END}
    )
    builder.add_conditional_edges("recall", route_after_recall, {"skill": "execute", "no skill": "guide"})
    builder.add_conditional_edges(
        "guide", route_after_guide, {"code": "write_program", "text": "write_text", END_LABEL: "finish"}
    )
    for writer in WRITER_NODES.values():
        targets = {**written, NOTHING_TO_CHECK_LABEL: "record", FAILURE_LABEL: "finish"}
        builder.add_conditional_edges(writer, as_router(route_after_write, resources), targets)
    builder.add_conditional_edges("execute", as_router(route_after_execute, resources), executed)
    for checker in ("check_code", "check_answer", *added.values()):
        builder.add_edge(checker, "record")
    builder.add_conditional_edges(
        "record", route_after_record, {"next turn": "guide", FAILURE_LABEL: "finish"}
    )
    builder.add_conditional_edges("finish", route_after_finish, {"experience": "learn", "done": END})
    builder.add_edge("learn", END)


def _checkers_by_name(checkers: Sequence[Checker]) -> dict[str, Checker]:
    by_name: dict[str, Checker] = {}
    for checker in checkers:
        require_object("checkers", checker)
        if not CHECKER_NAME.fullmatch(checker.name) or checker.name in {"code", "answer", *by_name}:
            raise ConfigurationError(
                f"invalid checker name {checker.name!r}: use a unique lower-case identifier "
                "('code' and 'answer' are taken)"
            )
        by_name[checker.name] = checker
    return by_name


NODES: dict[str, NodeFunction] = {
    "begin": begin,
    "recall": recall,
    "guide": decide,
    "write_program": write_program,
    "write_text": write_text,
    "execute": execute,
    "check_code": check_code,
    "check_answer": check_answer,
    "record": record,
    "finish": finish,
    "learn": learn,
}


def compile_graph(*, policy: Policy | None = None, **options: Any) -> CompiledGraph:
    """Compile the graph with its name; takes ``compile``'s options."""
    return create_codesteer(policy=policy).compile(name="CodeSteer", **options)


graph = compile_graph()
