"""Build trees: run the graph and fork it at its checkpoints, so that siblings share one exact state."""

import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from langchain_core.language_models import BaseChatModel

from codesteer.errors import ConfigurationError, ModelError
from codesteer.graph.context import Context
from codesteer.graph.state import Turn
from codesteer.guides.chat_model import guide_messages
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.guides.port import GuideInput
from codesteer.nodes.returned import returned
from codesteer.remote.server import Server
from codesteer.sandboxes.port import Sandbox
from codesteer.symbench import Item, Outcome, load_task, to_record
from codesteer.training.forkable_runs import ForkableRun, ForkPoint, LocalForkableRun, open_server_run
from codesteer.training.proposers import Proposer
from codesteer.training.tree import Leaf, Node, Tree

Proposals = list[tuple[Decision, list[str]]]
"""Distinct decisions, each with the names of its proposers."""
BUDGETS = ("max_tokens", "max_seconds", "max_cost")
"""The settings that end a run whatever its guide decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explorer:
    """Builds trees with a given context, proposers and widths."""

    context: Context
    proposers: tuple[Proposer, ...]
    widths: tuple[int, ...]
    """Number of siblings that continue at turn 1, 2, …; the last width applies to all later turns.

    Decisions that end a run cost no answer and are always tried. After a right answer one sibling continues, to be
    compared with returning; after two, none does.
    """
    task_model: BaseChatModel | None = None
    sandbox: Sandbox | None = None
    server: Server | None = None
    """Server that runs the graph, with its own models and sandboxes; proposers run locally."""

    def __post_init__(self) -> None:
        """Refuse experience, budgets, and turns without a decision to try."""
        require_plain(self.context)
        if not self.widths or min(self.widths) < 1:
            raise ConfigurationError(
                f"widths = {list(self.widths)}: at least one decision per turn must be tried"
            )

    async def build_tree(self, item: Item[Any, Any]) -> Tree:
        """Run the graph on one question, along every branch.

        Raises:
            ModelError: a model failed; the tree is lost.
            SandboxError: the sandbox failed.
            ServerError: the server, or its model or sandbox, failed.
        """
        start = time.perf_counter()
        async with self._open_run() as run:
            builder = _TreeBuilder(self, item, run)
            await builder.build_tree()
        first = guide_messages(GuideInput(question=item.question, turns_left=self.context.max_turns))
        return Tree(
            item=json.loads(json.dumps(to_record(item))),
            system=first[0].text,
            nodes=tuple(builder.nodes),
            seconds=round(time.perf_counter() - start, 3),
        )

    @asynccontextmanager
    async def _open_run(self) -> AsyncIterator[ForkableRun]:
        if self.server is None:
            yield LocalForkableRun(self.context, self.task_model, self.sandbox)
            return
        async with open_server_run(self.server, self.context) as run:
            yield run

    def select(self, proposed: Proposals, depth: int, right: int) -> Proposals:
        """Select the decisions to try, in the order of their proposers.

        Args:
            proposed: the distinct decisions with their proposers.
            depth: the number of the turn, from 1.
            right: the number of right answers on the path so far.
        """
        final = [one for one in proposed if not one[0].action.continues]
        widths = (self.widths[min(depth, len(self.widths)) - 1], 1, 0 if final else 1)
        continuing = [one for one in proposed if one[0].action.continues][: widths[min(right, 2)]]
        return [one for one in proposed if one in final or one in continuing]


def require_plain(context: Context) -> None:
    """Raise ConfigurationError for a context with experience or a budget.

    A guide is trained on what its own decisions lead to; where a budget is spent, a decision leads to nothing.
    """
    if context.experience:
        raise ConfigurationError("trajectories are recorded without experience: remove it from the context")
    if budgets := [name for name in BUDGETS if getattr(context, name) is not None]:
        raise ConfigurationError(
            f"trajectories are recorded without budgets: remove {', '.join(budgets)} from the context"
        )


@dataclass(frozen=True, slots=True)
class _OpenPoint:
    """A point of a run at which the guide is to decide."""

    id: str
    fork_point: ForkPoint
    turns: Sequence[Turn] = ()
    right: int = 0
    """Number of right answers among these turns."""

    @property
    def depth(self) -> int:
        return len(self.turns) + 1


@dataclass(slots=True)
class _TreeBuilder:
    explorer: Explorer
    item: Item[Any, Any]
    run: ForkableRun
    nodes: list[Node] = field(default_factory=list)

    async def build_tree(self) -> None:
        open_points = [_OpenPoint("", await self.run.start(self.item.question))]
        while open_points:
            point = open_points.pop(0)
            open_points += await self._branch(point)

    async def _branch(self, point: _OpenPoint) -> list[_OpenPoint]:
        guide_input = GuideInput(
            question=self.item.question,
            attempts=point.turns,
            turns_left=self.explorer.context.max_turns - len(point.turns),
        )
        seen = guide_messages(guide_input)[-1].text
        proposed = await _proposals(self.explorer.proposers, guide_input)
        children = []
        selected = self.explorer.select(proposed, point.depth, point.right)
        for index, (decision, names) in enumerate(selected):
            node = Node(
                id=f"{point.id}.{index}".lstrip("."), proposers=tuple(names), seen=seen, decision=decision
            )
            if (child := await self._follow(point, node)) is not None:
                children.append(child)
        return children

    async def _follow(self, point: _OpenPoint, node: Node) -> _OpenPoint | None:
        """Apply a decision; return the next open point, or None at a leaf."""
        fork_point = await self.run.take(point.fork_point, node.decision)
        if fork_point.values.get("stop_reason") == "failed":
            # What failed is known as text only; the question's first turns did succeed, so it may be the question.
            raise ModelError(fork_point.values["failure"])
        if fork_point.values.get("stop_reason") == "budget_spent":
            raise ConfigurationError(
                "the server ended a run because of its own budget; remove the server's limit"
            )
        if not node.decision.action.continues:
            self.nodes.append(replace(node, leaf=self._leaf(fork_point.values)))
            return None
        turns: list[Turn] = fork_point.values["turns"]
        turn = turns[-1]
        node = replace(node, turn=turn, outcome=self._turn_outcome(turn))
        if len(turns) < self.explorer.context.max_turns:
            self.nodes.append(node)
            return _OpenPoint(node.id, fork_point, turns, point.right + (node.outcome is Outcome.CORRECT))
        end = await self.run.end(fork_point)
        self.nodes.append(replace(node, leaf=self._leaf(end.values)))
        return None

    def _leaf(self, state: Mapping[str, Any]) -> Leaf:
        answer = state["messages"][-1].text if state["answer"] else ""
        return Leaf(ending=state["outcome"], answer=answer, outcome=self._score(answer))

    def _turn_outcome(self, turn: Turn) -> Outcome:
        if turn.answer is None:
            return Outcome.MISSING
        return self._score(turn.reply if turn.mode is Mode.TEXT else f"<<<{turn.answer}>>>")

    def _score(self, text: str) -> Outcome:
        return load_task(self.item.task).score(self.item, text).outcome


async def _proposals(proposers: Sequence[Proposer], guide_input: GuideInput) -> Proposals:
    """Return the distinct decisions in the order of their proposers, with the proposers' names.

    Two decisions are equal if they lead to the same message to the task model.
    """
    found: dict[tuple[Action, bool, str], tuple[Decision, list[str]]] = {}
    for proposer in proposers:
        for proposed in await proposer.propose(guide_input):
            decision = returned(proposed, Decision, f"the guide {proposer.name!r}")
            key = _decision_key(decision, guide_input)
            # Widths replace candidates: one attempt per decision.
            found.setdefault(key, (replace(decision, candidates=1), []))[1].append(proposer.name)
    return list(found.values())


def _decision_key(decision: Decision, guide_input: GuideInput) -> tuple[Action, bool, str]:
    action = decision.action
    if action is Action.IMPROVE and guide_input.attempts:
        action = Action(guide_input.attempts[-1].mode.value)
    return action, decision.start_over, " ".join(decision.guidance.split())
