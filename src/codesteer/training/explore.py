"""Growing a tree: the graph itself runs, and forks at its checkpoints, so that siblings share one exact state."""

import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from langchain_core.language_models import BaseChatModel

from codesteer.errors import ModelUnavailableError
from codesteer.graph.context import Context
from codesteer.graph.state import Turn
from codesteer.guides.chat_model import conversation
from codesteer.guides.decision import Action, Decision, Mode, Situation
from codesteer.remote.server import Server
from codesteer.sandboxes.port import Sandbox
from codesteer.symbench import Item, Outcome, load_task, to_record
from codesteer.training.forks import Forks, HereForks, Point, forks_on
from codesteer.training.proposers import Proposer
from codesteer.training.tree import Leaf, Node, Tree

Proposals = list[tuple[Decision, list[str]]]
"""Distinct decisions, each with the names of those who proposed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explorer:
    """What a tree is grown with."""

    context: Context
    proposers: tuple[Proposer, ...]
    widths: tuple[int, ...]
    """Siblings that go on at the first turn, the second, …; the last width holds for all turns after.

    Decisions that end a run cost no answer and are always tried. After a right answer one sibling goes on, to be
    compared with returning; after two none does.
    """
    task_model: BaseChatModel | None = None
    sandbox: Sandbox | None = None
    server: Server | None = None
    """Runs the graph there, with its own models and sandboxes; proposers are asked from here."""

    async def grow(self, item: Item[Any, Any]) -> Tree:
        """Run the graph on one question, along every branch.

        Raises:
            ModelError: a model could not be asked; nothing of this tree is kept.
            SandboxError: the sandbox failed.
            ServerError: the server cannot be asked, or its model or sandbox failed.
        """
        start = time.perf_counter()
        async with self._forks() as forks:
            growth = _Growth(self, item, forks)
            await growth.grow()
        first = conversation(Situation(question=item.question, turns_left=self.context.max_turns))
        return Tree(
            item=json.loads(json.dumps(to_record(item))),
            system=first[0].text,
            nodes=tuple(growth.nodes),
            seconds=round(time.perf_counter() - start, 3),
        )

    @asynccontextmanager
    async def _forks(self) -> AsyncIterator[Forks]:
        if self.server is None:
            yield HereForks(self.context, self.task_model, self.sandbox)
            return
        async with forks_on(self.server, self.context) as forks:
            yield forks

    def choose(self, proposed: Proposals, depth: int, right: int) -> Proposals:
        """Pick the decisions to try, in the order of their proposers.

        Args:
            proposed: the distinct decisions, and who proposed each.
            depth: the number of the turn, counted from 1.
            right: how many answers on the way here were right.
        """
        endings = [one for one in proposed if not one[0].action.goes_on]
        widths = (self.widths[min(depth, len(self.widths)) - 1], 1, 0 if endings else 1)
        going_on = [one for one in proposed if one[0].action.goes_on][: widths[min(right, 2)]]
        return [one for one in proposed if one in endings or one in going_on]


@dataclass(frozen=True, slots=True)
class _Place:
    """A point of a run at which the guide is to decide."""

    id: str
    point: Point
    turns: Sequence[Turn] = ()
    right: int = 0
    """How many of these turns' answers were right."""

    @property
    def depth(self) -> int:
        return len(self.turns) + 1


@dataclass(slots=True)
class _Growth:
    explorer: Explorer
    item: Item[Any, Any]
    forks: Forks
    nodes: list[Node] = field(default_factory=list)

    async def grow(self) -> None:
        places = [_Place("", await self.forks.start(self.item.question))]
        while places:
            place = places.pop(0)
            places += await self._branch(place)

    async def _branch(self, place: _Place) -> list[_Place]:
        situation = Situation(
            question=self.item.question,
            attempts=place.turns,
            turns_left=self.explorer.context.max_turns - len(place.turns),
        )
        seen = conversation(situation)[-1].text
        proposed = await _proposals(self.explorer.proposers, situation)
        grown = []
        tried = self.explorer.choose(proposed, place.depth, place.right)
        for index, (decision, names) in enumerate(tried):
            node = Node(
                id=f"{place.id}.{index}".lstrip("."), proposers=tuple(names), seen=seen, decision=decision
            )
            if (child := await self._follow(place, node)) is not None:
                grown.append(child)
        return grown

    async def _follow(self, place: _Place, node: Node) -> _Place | None:
        """Take one decision from the shared state; returns where the next one is due, None at a leaf."""
        point = await self.forks.take(place.point, node.decision)
        if point.values.get("stop_reason") == "failed":
            raise ModelUnavailableError(point.values["failure"])
        if not node.decision.action.goes_on:
            self.nodes.append(replace(node, leaf=self._leaf(point.values)))
            return None
        turns: list[Turn] = point.values["turns"]
        turn = turns[-1]
        node = replace(node, turn=turn, outcome=self._verdict(turn))
        if len(turns) < self.explorer.context.max_turns:
            self.nodes.append(node)
            return _Place(node.id, point, turns, place.right + (node.outcome is Outcome.CORRECT))
        ended = await self.forks.end(point)
        self.nodes.append(replace(node, leaf=self._leaf(ended.values)))
        return None

    def _leaf(self, state: Mapping[str, Any]) -> Leaf:
        answer = state["messages"][-1].text if state["answer"] else ""
        return Leaf(ending=state["outcome"], answer=answer, outcome=self._score(answer))

    def _verdict(self, turn: Turn) -> Outcome:
        if turn.answer is None:
            return Outcome.MISSING
        return self._score(turn.reply if turn.mode is Mode.TEXT else f"<<<{turn.answer}>>>")

    def _score(self, text: str) -> Outcome:
        return load_task(self.item.task).score(self.item, text).outcome


async def _proposals(proposers: Sequence[Proposer], situation: Situation) -> Proposals:
    """Return the distinct decisions in the order of their proposers, and who proposed each.

    Two decisions are the same if they have the task model told the same thing.
    """
    found: dict[tuple[Action, bool, str], tuple[Decision, list[str]]] = {}
    for proposer in proposers:
        for decision in await proposer.propose(situation):
            key = _told(decision, situation)
            # A tree has its own widths: one attempt a decision.
            found.setdefault(key, (replace(decision, candidates=1), []))[1].append(proposer.name)
    return list(found.values())


def _told(decision: Decision, situation: Situation) -> tuple[Action, bool, str]:
    action = decision.action
    if action is Action.IMPROVE and situation.attempts:
        action = Action(situation.attempts[-1].mode.value)
    return action, decision.start_over, " ".join(decision.guidance.split())
