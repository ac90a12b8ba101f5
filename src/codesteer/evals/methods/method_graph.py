"""The graph of methods without steering: the steering graph's nodes and state, with one node that writes."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import cast

from langgraph.graph import END, START

from codesteer.graph.builder import Graph
from codesteer.graph.checks import EnabledCheckers
from codesteer.graph.node import Node, NodeFunction
from codesteer.graph.retries import RETRY_POLICY
from codesteer.graph.routing import (
    END_LABEL,
    FAILURE_LABEL,
    NOTHING_TO_CHECK_LABEL,
    route_after_begin,
    route_after_guide,
    route_after_record,
    route_after_write,
)
from codesteer.graph.state import State, StoredState, Turn
from codesteer.graph.values import read_state
from codesteer.guides.port import Guide
from codesteer.nodes.begin import begin
from codesteer.nodes.execute import execute
from codesteer.nodes.finish import finish
from codesteer.nodes.guide import guide
from codesteer.nodes.record import record
from codesteer.nodes.runtime import Resources

NO_CHECKERS = EnabledCheckers(code=False, answer=False)


def build_method_graph(
    own_guide: Guide,
    write: NodeFunction,
    select: Callable[[Sequence[Turn], str], Turn | None],
    resources: Resources,
) -> Graph:
    """Build the graph of a method.

    Args:
        own_guide: decides at no cost how the run continues, one candidate at a time.
        write: has the task model answer, in one turn or several.
        select: picks the turn whose answer is given, from the turns and the question.
        resources: the models and the sandbox.
    """
    steps: dict[str, NodeFunction] = {
        "begin": begin,
        "guide": guide,
        "write": write,
        "execute": execute,
        "record": record,
        "finish": partial(finish, select=select),
    }
    own = Resources(task_model=resources.task_model, guide=own_guide, sandbox=resources.sandbox)
    builder = Graph()
    for name, step in steps.items():
        builder.add_node(name, Node(name, step, own), retry_policy=RETRY_POLICY)
    builder.add_edge(START, "begin")
    builder.add_conditional_edges(
        "begin", route_after_begin, {"new question": "guide", "answered before": END}
    )
    builder.add_conditional_edges(
        "guide", route_after_guide, {"code": "write", "text": "write", END_LABEL: "finish"}
    )
    builder.add_conditional_edges(
        "write",
        _route_after_write,
        {"program": "execute", NOTHING_TO_CHECK_LABEL: "record", FAILURE_LABEL: "finish"},
    )
    builder.add_edge("execute", "record")
    builder.add_conditional_edges(
        "record", route_after_record, {"next turn": "guide", FAILURE_LABEL: "finish"}
    )
    builder.add_edge("finish", END)
    return builder


def _route_after_write(stored: StoredState) -> list[str]:
    return route_after_write(cast(State, read_state(stored)), NO_CHECKERS)
