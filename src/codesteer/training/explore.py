"""Growing a tree: the graph itself runs, and forks at its checkpoints, so that siblings share one exact state."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver

from codesteer.checkpoints import serializer
from codesteer.errors import ModelUnavailableError
from codesteer.graph.context import Context
from codesteer.graph.state import Turn
from codesteer.graph.workflow import RECURSION_LIMIT, CompiledGraph, create_codesteer
from codesteer.guides.chat_model import conversation
from codesteer.guides.decision import Action, Decision, Mode, Situation
from codesteer.sandboxes.port import Sandbox
from codesteer.symbench import Item, Outcome, load_task, to_record
from codesteer.training.proposers import Proposer
from codesteer.training.tree import Leaf, Node, Tree

Proposals = list[tuple[Decision, list[str]]]
"""Distinct decisions, each with the names of those who proposed it."""
THREAD: RunnableConfig = {"configurable": {"thread_id": "tree"}}


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

    async def grow(self, item: Item[Any, Any]) -> Tree:
        """Run the graph on one question, along every branch.

        Raises:
            ModelError: a model could not be asked; nothing of this tree is kept.
            SandboxError: the sandbox failed.
        """
        start = time.perf_counter()
        growth = _Growth(self, item)
        await growth.grow()
        first = conversation(Situation(question=item.question, turns_left=self.context.max_turns))
        return Tree(
            item=json.loads(json.dumps(to_record(item))),
            system=first[0].text,
            nodes=tuple(growth.nodes),
            seconds=round(time.perf_counter() - start, 3),
        )

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


class _Given:
    """The guide inside the graph: says what the branch under way is to try."""

    name = "given"

    def __init__(self) -> None:
        self.decision: Decision | None = None

    async def decide(self, situation: Situation) -> Decision:
        if self.decision is None:
            raise RuntimeError(f"no decision was given for turn {len(situation.attempts) + 1}")
        return self.decision


@dataclass(frozen=True, slots=True)
class _Place:
    """A point of a run at which the guide is to decide."""

    id: str
    config: Any
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
    guide: _Given = field(default_factory=_Given)
    nodes: list[Node] = field(default_factory=list)
    graph: CompiledGraph = field(init=False)

    def __post_init__(self) -> None:
        builder = create_codesteer(
            task_model=self.explorer.task_model, guide=self.guide, sandbox=self.explorer.sandbox
        )
        self.graph = builder.compile(checkpointer=InMemorySaver(serde=serializer())).with_config(
            recursion_limit=RECURSION_LIMIT
        )

    async def grow(self) -> None:
        question: Any = {"messages": [HumanMessage(self.item.question)]}
        root = await self.graph.aupdate_state(THREAD, question, as_node="__start__")
        places = [_Place("", root)]
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
        self.guide.decision = node.decision
        context = self.explorer.context
        await self.graph.ainvoke(None, place.config, context=context, interrupt_before=["guide"])
        state = await self.graph.aget_state(THREAD)
        turns: list[Turn] = state.values["turns"]
        if state.values.get("ending") == "failed":
            raise ModelUnavailableError(state.values["failure"])
        if not node.decision.action.goes_on:
            self.nodes.append(replace(node, leaf=self._leaf(state.values)))
            return None
        turn = turns[-1]
        node = replace(node, turn=turn, outcome=self._verdict(turn))
        if len(turns) < context.max_turns:
            self.nodes.append(node)
            return _Place(node.id, state.config, turns, place.right + (node.outcome is Outcome.CORRECT))
        # No turn is left: the graph ends the run at its turn limit without asking a guide.
        await self.graph.ainvoke(None, state.config, context=context)
        self.nodes.append(replace(node, leaf=self._leaf((await self.graph.aget_state(THREAD)).values)))
        return None

    def _leaf(self, state: dict[str, Any]) -> Leaf:
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
    found: dict[tuple[Action, str], tuple[Decision, list[str]]] = {}
    for proposer in proposers:
        for decision in await proposer.propose(situation):
            key = _told(decision, situation)
            found.setdefault(key, (decision, []))[1].append(proposer.name)
    return list(found.values())


def _told(decision: Decision, situation: Situation) -> tuple[Action, str]:
    action = decision.action
    if action is Action.IMPROVE and situation.attempts:
        action = Action(situation.attempts[-1].mode.value)
    return action, " ".join(decision.guidance.split())
