"""One question's run, forked at its decisions: in this process, or on a deployed server."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver

from codesteer.graph.context import Context
from codesteer.graph.values import read_state, write_update
from codesteer.graph.workflow import RECURSION_LIMIT, create_codesteer
from codesteer.guides.decision import Decision, Situation
from codesteer.remote.server import Server
from codesteer.remote.thread import Standing, Thread, new_thread
from codesteer.sandboxes.port import Sandbox

THREAD: RunnableConfig = {"configurable": {"thread_id": "tree"}}


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a run at which a decision is due, or its end."""

    place: Any
    """What its forks need to go on from here."""
    values: Mapping[str, Any]
    """The state."""


class Forks(Protocol):
    """A run that can take several decisions from one state."""

    async def start(self, question: str) -> Point:
        """Return the point of the first decision."""
        ...

    async def take(self, point: Point, decision: Decision) -> Point:
        """Take a decision, and return where the next one is due; the end where it ends the run."""
        ...

    async def end(self, point: Point) -> Point:
        """Let the run end where no turn is left."""
        ...


class _Given:
    """The guide inside the graph: says what the branch under way is to try."""

    name = "given"

    def __init__(self) -> None:
        self.decision: Decision | None = None

    async def decide(self, situation: Situation) -> Decision:
        if self.decision is None:
            raise RuntimeError(f"no decision was given for turn {len(situation.attempts) + 1}")
        return self.decision


class HereForks:
    """A graph of this process stops before its guide, which says what it is given."""

    def __init__(self, context: Context, task_model: BaseChatModel | None, sandbox: Sandbox | None) -> None:
        self._context, self._guide = context, _Given()
        builder = create_codesteer(task_model=task_model, guide=self._guide, sandbox=sandbox)
        self._graph = builder.compile(checkpointer=InMemorySaver()).with_config(
            recursion_limit=RECURSION_LIMIT
        )

    async def start(self, question: str) -> Point:
        """No model is asked yet."""
        given: Any = {"messages": [HumanMessage(question)]}
        await self._graph.ainvoke(given, THREAD, context=self._context, interrupt_before=["guide"])
        return await self._now()

    async def take(self, point: Point, decision: Decision) -> Point:
        """The guide says it, and the graph runs until it would ask again."""
        self._guide.decision = decision
        await self._graph.ainvoke(None, point.place, context=self._context, interrupt_before=["guide"])
        return await self._now()

    async def end(self, point: Point) -> Point:
        """The graph ends at its turn limit without asking a guide."""
        await self._graph.ainvoke(None, point.place, context=self._context)
        return await self._now()

    async def _now(self) -> Point:
        state = await self._graph.aget_state(THREAD)
        return Point(state.config, read_state(state.values))


class ServerForks:
    """A server's graph stops after its guide, the rules, whose decision is then replaced."""

    def __init__(self, context: Context, thread: Thread) -> None:
        self._thread = thread
        # All of it is sent, defaults too: what an assistant on the server was set to must not change the trees.
        self._settings = {**context.model_dump(mode="json"), "guide": "rules", "review": []}

    async def start(self, question: str) -> Point:
        """Rules cost nothing, so the server may decide once in vain."""
        given = {"messages": [{"role": "user", "content": question}]}
        return await self._run(input=given, interrupt_after=["guide"])

    async def take(self, point: Point, decision: Decision) -> Point:
        """Put the decision into the checkpoint, and run until the next one."""
        values = write_update({"decision": decision, "stop_reason": None})
        fork = await self._thread.change(point.place, values, as_node="guide")
        return await self._run(checkpoint_id=fork, interrupt_after=["guide"])

    async def end(self, point: Point) -> Point:
        """The rules have seen that no turn is left."""
        return await self._run(checkpoint_id=point.place)

    async def _run(self, **options: Any) -> Point:
        standing: Standing = await self._thread.run(self._settings, **options)
        return Point(standing.checkpoint, standing.values)


@asynccontextmanager
async def forks_on(server: Server, context: Context) -> AsyncIterator[Forks]:
    """Open a thread for one question; raises ServerError where the server cannot be asked."""
    async with new_thread(server) as thread:
        yield ServerForks(context, thread)
