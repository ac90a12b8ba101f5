"""A mixture of agents that use code in different ways, see each other's answers and vote (Chen et al., TUMIX, 2025)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, TypeVar

from langchain_core.messages import HumanMessage

from codesteer.checkers.answer_form import same_answer
from codesteer.evals.methods.method_graph import build_method_graph
from codesteer.evals.methods.names import MIXTURE
from codesteer.graph.builder import Graph
from codesteer.graph.history import history
from codesteer.graph.state import State, Turn, bare_question
from codesteer.guides.attempt import Attempt
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.guides.delimiters import Delimiter
from codesteer.guides.port import GuideInput
from codesteer.guides.truncation import truncate_middle
from codesteer.models.completion import ask
from codesteer.models.usage import Usage
from codesteer.nodes.concurrency import gather_or_cancel
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
MIXTURE_SETTINGS: dict[str, Any] = {"max_turns": MAX_ROUNDS * len(AGENTS) + 1}
"""Context fields; one turn more than the method takes, so that its guide ends the run and not the turn limit."""


class MixtureGuide:
    """Ask for rounds of answers until enough agents agree."""

    name = MIXTURE

    async def decide(self, guide_input: GuideInput) -> Decision:
        """Decide at once; call no model."""
        rounds = split_rounds(guide_input.attempts)
        agreed = bool(rounds) and has_quorum(rounds[-1])
        ends = agreed or len(rounds) == MAX_ROUNDS
        reason = f"the agents {'agree' if agreed else 'do not agree'} after {len(rounds)} rounds"
        action = Action.RETURN if ends else Action.CODE
        return Decision(action=action, mode=Mode.CODE, reason=reason, guide=MIXTURE)


def split_rounds(attempts: Sequence[AnyAttempt]) -> list[Sequence[AnyAttempt]]:
    """Group attempts by round; each round has one attempt per agent, in the order of the agents."""
    return [attempts[start : start + len(AGENTS)] for start in range(0, len(attempts), len(AGENTS))]


def has_quorum(attempts: Sequence[Attempt]) -> bool:
    """Return whether enough attempts have the same answer."""
    return any(
        all(same_answer(one, other) for one, other in combinations(chosen, 2))
        for chosen in combinations(_answers(attempts), QUORUM)
    )


def majority(turns: Sequence[Turn], question: str) -> Turn | None:
    """Return the turn whose answer has most votes in the last round with an answer.

    Ties go to the answer with more votes in all rounds before, then to a program's answer, then to the first agent.
    """
    del question
    rounds = [turns_of_round for turns_of_round in split_rounds(turns) if _answers(turns_of_round)]
    if not rounds:
        return None
    *before, last = rounds
    earlier = [answer for turns_of_round in before for answer in _answers(turns_of_round)]

    def support(turn: Turn) -> tuple[int, int, bool, int]:
        votes, earlier_votes = _votes(turn, _answers(last)), _votes(turn, earlier)
        return votes, earlier_votes, turn.mode is Mode.CODE, -turn.number

    return max((turn for turn in last if turn.answer is not None), key=support)


def build_mixture(resources: Resources) -> Graph:
    """Build the graph of the mixture."""
    return build_method_graph(MixtureGuide(), _write_round, majority, resources)


async def _write_round(state: State, runtime: NodeRuntime) -> Update:
    """Have all agents answer at the same time; if a request fails, the round fails as a whole."""
    packages = await runtime.packages()
    turns = await gather_or_cancel(_write(state, runtime, packages, index) for index in range(len(AGENTS)))
    used = sum((turn.usage.get("task", Usage()) for turn in turns), Usage())
    return {"current": turns, "usage": {"task": used}}


async def _write(state: State, runtime: NodeRuntime, packages: Sequence[str], index: int) -> Turn:
    agent, attempts = AGENTS[index], state.get("turns", [])
    number, rounds = len(attempts) + 1 + index, split_rounds(attempts)
    runtime.emit("generating", turn=number, mode=agent.mode.value, guidance="")
    question = bare_question(state)
    message = agent_message(agent, question, rounds, packages)
    # The prompts of the first round differ: all its replies are as greedy as the model.
    sampling_turn = number if rounds else 1
    model = with_retry_sampling(await runtime.task_model(), sampling_turn, runtime.context.retry_temperature)
    completion = await ask(model, [*history(state), HumanMessage(message)])
    decision = replace(state["decision"], action=Action(agent.mode.value), mode=agent.mode, start_over=True)
    runs_code = agent.mode is Mode.CODE
    turn = start_turn(number, decision, completion, question=question, runs_code=runs_code)
    return replace(turn, candidate=index)


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


def _answers(attempts: Sequence[Attempt]) -> list[str]:
    return [attempt.answer for attempt in attempts if attempt.answer is not None]


def _votes(turn: Turn, answers: Sequence[str]) -> int:
    return sum(same_answer(turn.answer or "", answer) for answer in answers)
