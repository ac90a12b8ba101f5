"""Methods without a guide: a script determines each request; run as a graph like steering."""

from collections.abc import Sequence
from functools import partial
from typing import Protocol, cast

from langchain_core.messages import BaseMessage
from langgraph.graph import END, START, StateGraph

from codesteer.graph.checks import programs_to_run
from codesteer.graph.context import Context
from codesteer.graph.node import Node, NodeFunction
from codesteer.graph.retries import RETRY_POLICY
from codesteer.graph.routing import (
    END_LABEL,
    FAILURE_LABEL,
    NOTHING_TO_CHECK_LABEL,
    route_after_begin,
    route_after_guide,
    route_after_record,
)
from codesteer.graph.state import InputState, OutputState, State, StoredState, Turn, history, question_message
from codesteer.graph.values import read_state
from codesteer.graph.workflow import Graph
from codesteer.guides.attempt import Attempt
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.guides.port import GuideInput
from codesteer.models.completion import ask
from codesteer.nodes.begin import begin
from codesteer.nodes.execute import execute
from codesteer.nodes.finish import finish
from codesteer.nodes.guide import guide
from codesteer.nodes.record import record
from codesteer.nodes.runtime import NodeRuntime, Resources, Update
from codesteer.nodes.writing import start_turn, with_retry_sampling


class Script(Protocol):
    """The requests of a method, step by step."""

    @property
    def name(self) -> str:
        """The method's name."""
        ...

    @property
    def runs_code(self) -> bool:
        """Whether programs in a reply are run; otherwise they are treated as text."""
        ...

    def next_mode(self, attempts: Sequence[Attempt]) -> Mode | None:
        """Return the mode of the next step; None if the last attempt's answer is final."""
        ...

    def messages(
        self, question: str, attempts: Sequence[Attempt], packages: Sequence[str]
    ) -> list[BaseMessage]:
        """Return the messages for the next step."""
        ...


class ScriptGuide:
    """Replace the guide: follow the script at no cost."""

    def __init__(self, script: Script) -> None:
        self.name = script.name
        self._script = script

    async def decide(self, guide_input: GuideInput) -> Decision:
        """Return the script's next step as a decision."""
        mode = self._script.next_mode(guide_input.attempts)
        if mode is None:
            return _decision(Action.RETURN, guide_input.attempts[-1].mode, self.name)
        return _decision(Action(mode.value), mode, self.name)


def build_script(script: Script, resources: Resources) -> Graph:
    """Build a script's graph, with the steering graph's nodes and state."""
    steps: dict[str, NodeFunction] = {
        "begin": begin,
        "guide": guide,
        "write": partial(_write, script=script),
        "execute": execute,
        "record": record,
        "finish": partial(finish, select=last_turn),
    }
    scripted = Resources(
        task_model=resources.task_model, guide=ScriptGuide(script), sandbox=resources.sandbox
    )
    builder: Graph = StateGraph(
        StoredState, context_schema=Context, input_schema=InputState, output_schema=OutputState
    )
    for name, step in steps.items():
        builder.add_node(name, Node(name, step, scripted), retry_policy=RETRY_POLICY)
    builder.add_edge(START, "begin")
    builder.add_conditional_edges(
        "begin", route_after_begin, {"new question": "guide", "answered before": END}
    )
    builder.add_conditional_edges(
        "guide", route_after_guide, {"code": "write", "text": "write", END_LABEL: "finish"}
    )
    builder.add_conditional_edges(
        "write",
        _route_written,
        {"program": "execute", NOTHING_TO_CHECK_LABEL: "record", FAILURE_LABEL: "finish"},
    )
    builder.add_edge("execute", "record")
    builder.add_conditional_edges(
        "record", route_after_record, {"next turn": "guide", FAILURE_LABEL: "finish"}
    )
    builder.add_edge("finish", END)
    return builder


def last_turn(turns: Sequence[Turn], question: str) -> Turn | None:
    """Select the last turn, whatever came before."""
    del question
    return turns[-1] if turns else None


async def _write(state: State, runtime: NodeRuntime, script: Script) -> Update:
    turns, decision = state.get("turns", []), state["decision"]
    runtime.emit("generating", turn=len(turns) + 1, mode=decision.mode.value, guidance="")
    packages = await runtime.packages() if script.runs_code else ()
    asked = script.messages(question_message(state).text, turns, packages)
    model = with_retry_sampling(await runtime.task_model(), len(turns) + 1, runtime.context.retry_temperature)
    completion = await ask(model, [*history(state), *asked])
    turn = start_turn(len(turns) + 1, decision, completion, runs_code=script.runs_code)
    return {"current": [turn], "usage": {"task": completion.usage}}


def _route_written(stored: StoredState) -> str:
    if stored.get("stop_reason") is not None:
        return FAILURE_LABEL
    return "program" if programs_to_run(cast(State, read_state(stored))) else NOTHING_TO_CHECK_LABEL


def _decision(action: Action, mode: Mode, name: str) -> Decision:
    return Decision(action=action, mode=mode, reason=f"step of the method {name}", guide=name)
