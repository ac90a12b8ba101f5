"""A mixture of agents that use code in different ways, see each other's answers and vote (Chen et al., TUMIX, 2025)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, TypeVar

from langchain_core.messages import HumanMessage

from codesteer.checkers.answer_form import same_answer
from codesteer.evals.methods.method_graph import build_method_graph
from codesteer.evals.methods.names import MIXTURE
from codesteer.graph.state import State, Turn, history, question_message
from codesteer.graph.workflow import Graph
from codesteer.guides.attempt import Attempt
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.guides.delimiters import Delimiter
from codesteer.guides.port import GuideInput
from codesteer.guides.truncation import truncate_middle
from codesteer.models.completion import ask
from codesteer.models.usage import Usage
from codesteer.nodes.runtime import NodeRuntime, Resources, Update
from codesteer.nodes.task_messages import answer_instructions, package_instructions
from codesteer.nodes.writing import start_turn, with_retry_sampling
from codesteer.prompts.loader import render

MAX_ROUNDS = 3
"""One round without other answers, then up to two in which the agents see those of the round before."""
QUORUM = 2
"""Equal answers in a round that end the run."""
ANSWER_LENGTH = 1000
"""Number of characters shown of another agent's answer."""
AnyAttempt = TypeVar("AnyAttempt", bound=Attempt)


@dataclass(frozen=True, slots=True)
class Agent:
    """One way to answer."""

    label: str
    """How its answer came about, for the other agents."""
    mode: Mode
    prompt: str = ""
    """The template of its instructions; empty for those of a steered run."""

    def instructions(self, packages: Sequence[str]) -> str:
        """Return what the agent is told about its reply."""
        if not self.prompt:
            return answer_instructions(self.mode, packages)
        return "\n".join(filter(None, [render(self.prompt), package_instructions(packages)]))


AGENTS = (
    Agent("by reasoning in words", Mode.TEXT),
    Agent("by a program", Mode.CODE),
    Agent("by a program, after reasoning in words", Mode.CODE, "methods/code_after_text"),
)
MIXTURE_SETTINGS: dict[str, Any] = {"max_turns": MAX_ROUNDS * len(AGENTS) + 1, "candidates": len(AGENTS)}
"""Context fields; one turn more than the method takes, so that its guide ends the run and not the turn limit."""


class MixtureGuide:
    """Ask all agents for an answer, round by round, until enough of them agree."""

    name = MIXTURE

    async def decide(self, guide_input: GuideInput) -> Decision:
        """Decide at once; call no model."""
        rounds, answered = complete_rounds(guide_input.attempts), len(guide_input.attempts) % len(AGENTS)
        if rounds and not answered and (len(rounds) == MAX_ROUNDS or has_quorum(rounds[-1])):
            reason = f"{len(rounds)} rounds, {'agreement' if has_quorum(rounds[-1]) else 'no agreement'}"
            return Decision(action=Action.RETURN, mode=Mode.CODE, reason=reason, guide=MIXTURE)
        return Decision(
            action=Action.CODE,
            mode=Mode.CODE,
            candidates=max(1, min(len(AGENTS) - answered, guide_input.candidates)),
            reason=f"round {len(rounds) + 1} of at most {MAX_ROUNDS}",
            guide=MIXTURE,
        )


def complete_rounds(attempts: Sequence[AnyAttempt]) -> list[Sequence[AnyAttempt]]:
    """Group attempts by round; leave out a round that lacks answers."""
    size = len(AGENTS)
    return [attempts[start : start + size] for start in range(0, len(attempts) - size + 1, size)]


def has_quorum(attempts: Sequence[Attempt]) -> bool:
    """Return whether enough attempts have the same answer."""
    return any(
        all(same_answer(one, other) for one, other in combinations(chosen, 2))
        for chosen in combinations(_answers(attempts), QUORUM)
    )


def majority(turns: Sequence[Turn], question: str) -> Turn | None:
    """Return the turn whose answer has most votes in the last complete round with an answer.

    Ties go to the answer with more votes in all rounds before, then to a program's answer, then to the first agent.
    """
    del question
    rounds = [found for found in complete_rounds(turns) if _answers(found)] or [turns]
    *before, last = rounds
    earlier = [answer for found in before for answer in _answers(found)]
    votes = _answers(last)

    def support(turn: Turn) -> tuple[int, int, bool, int]:
        return (
            _votes(turn, votes),
            _votes(turn, earlier),
            turn.mode is Mode.CODE,
            -turn.number,
        )

    return max((turn for turn in last if turn.answer is not None), key=support, default=None)


def build_mixture(resources: Resources) -> Graph:
    """Build the graph of the mixture."""
    return build_method_graph(MixtureGuide(), _write, majority, resources)


async def _write(state: State, runtime: NodeRuntime) -> Update:
    """Have one agent answer; agents of a round run side by side and do not see each other."""
    turns, candidate = state.get("turns", []), state.get("candidate", 0)
    number = len(turns) + 1 + candidate
    agent, rounds = AGENTS[(number - 1) % len(AGENTS)], complete_rounds(turns)
    runtime.emit("generating", turn=number, mode=agent.mode.value, guidance="")
    message = agent_message(agent, question_message(state).text, rounds, await runtime.packages())
    # The prompts of the first round differ: all its replies are as greedy as the model.
    model = with_retry_sampling(
        await runtime.task_model(), number if rounds else 1, runtime.context.retry_temperature
    )
    completion = await ask(model, [*history(state), HumanMessage(message)])
    turn = start_turn(
        number, _own(state["decision"], agent, candidate), completion, runs_code=agent.mode is Mode.CODE
    )
    return {"current": [replace(turn, candidate=candidate)], "usage": {"task": completion.usage}}


def agent_message(
    agent: Agent, question: str, rounds: Sequence[Sequence[Attempt]], packages: Sequence[str]
) -> str:
    """Return an agent's message: the question, and the answers of the round before, without their reasoning."""
    guidance = agent.instructions(packages)
    if not rounds:
        return render("task/first", question=question, guidance=guidance)
    texts = [
        truncate_middle(attempt.answer, ANSWER_LENGTH) if attempt.answer else "" for attempt in rounds[-1]
    ]
    delimiter = Delimiter.for_texts([question, *texts])
    answers = (
        f"Found {one.label}:\n{delimiter.wrap('answer', text)}" if text else f"Found {one.label}: no answer."
        for one, text in zip(AGENTS, texts, strict=True)
    )
    return render(
        "methods/mixture",
        question=question,
        count=len(AGENTS),
        tag=delimiter.suffix,
        answers="\n".join(answers),
        guidance=guidance,
    )


def _own(decision: Decision, agent: Agent, candidate: int) -> Decision:
    """Return the decision as the agent's turn records it."""
    usage = decision.usage if candidate == 0 else Usage()
    return replace(decision, action=Action(agent.mode.value), mode=agent.mode, start_over=True, usage=usage)


def _answers(attempts: Sequence[Attempt]) -> list[str]:
    return [attempt.answer for attempt in attempts if attempt.answer is not None]


def _votes(turn: Turn, answers: Sequence[str]) -> int:
    return sum(same_answer(turn.answer or "", answer) for answer in answers)
