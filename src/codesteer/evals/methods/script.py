"""Methods without a guide: a script determines each request; run as a graph like steering."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Protocol

from langchain_core.messages import BaseMessage

from codesteer.evals.methods.method_graph import build_method_graph
from codesteer.graph.builder import Graph
from codesteer.graph.history import history
from codesteer.graph.state import State, Turn, bare_question
from codesteer.guides.attempt import Attempt
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.guides.port import GuideInput
from codesteer.models.completion import ask
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

    @property
    def steps(self) -> int | None:
        """Number of steps, each of which is a turn; None if the model decides, up to the run's limit of turns."""
        ...

    @property
    def decisions(self) -> int:
        """Number of first steps that only decide how to go on: their replies are no answers."""
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
    select = partial(last_turn, decisions=script.decisions)
    return build_method_graph(ScriptGuide(script), partial(_write, script=script), select, resources)


def script_settings(script: Script) -> dict[str, Any]:
    """Return the context fields of a script: it takes all its steps, whatever the run's limit of turns.

    There is one turn more, so that the script ends the run and not the limit.
    """
    return {} if script.steps is None else {"max_turns": script.steps + 1}


def last_turn(turns: Sequence[Turn], question: str, decisions: int = 0) -> Turn | None:
    """Select the last turn, whatever came before; None if it is one of the first ones that only decide."""
    del question
    return turns[-1] if len(turns) > decisions else None


async def _write(state: State, runtime: NodeRuntime, script: Script) -> Update:
    turns, decision = state.get("turns", []), state["decision"]
    runtime.emit("generating", turn=len(turns) + 1, mode=decision.mode.value, guidance="")
    packages = await runtime.packages() if script.runs_code else ()
    question = bare_question(state)
    asked = script.messages(question, turns, packages)
    model = with_retry_sampling(await runtime.task_model(), len(turns) + 1, runtime.context.retry_temperature)
    completion = await ask(model, [*history(state), *asked])
    number, runs_code = len(turns) + 1, script.runs_code
    turn = start_turn(number, decision, completion, question=question, runs_code=runs_code)
    return {"current": [turn], "usage": {"task": completion.usage}}


def _decision(action: Action, mode: Mode, name: str) -> Decision:
    return Decision(action=action, mode=mode, reason=f"step of the method {name}", guide=name)
