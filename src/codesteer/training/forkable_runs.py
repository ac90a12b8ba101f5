"""The run of one question, forked at its decisions: in this process or on a deployed server."""

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
from codesteer.graph.workflow import create_codesteer
from codesteer.guides.decision import Decision
from codesteer.guides.port import GuideInput
from codesteer.remote.server import Server
from codesteer.remote.thread import Thread, ThreadState, new_thread
from codesteer.sandboxes.port import Sandbox

THREAD: RunnableConfig = {"configurable": {"thread_id": "tree"}}


@dataclass(frozen=True, slots=True)
class ForkPoint:
    """A point of a run where a decision is due, or its end."""

    checkpoint: Any
    """The checkpoint to fork from: a config or an id."""
    values: Mapping[str, Any]
    """The state."""


class ForkableRun(Protocol):
    """A run in which several decisions can be tried from one state."""

    async def start(self, question: str) -> ForkPoint:
        """Return the point of the first decision."""
        ...

    async def take(self, point: ForkPoint, decision: Decision) -> ForkPoint:
        """Apply a decision; return the next point, or the end if the decision ends the run."""
        ...

    async def end(self, point: ForkPoint) -> ForkPoint:
        """Let the run end at its turn limit."""
        ...


class _PresetGuide:
    """The guide inside the graph: returns the decision that the branch is to try."""

    name = "given"

    def __init__(self) -> None:
        self.decision: Decision | None = None

    async def decide(self, guide_input: GuideInput) -> Decision:
        if self.decision is None:
            raise RuntimeError(f"no decision is preset for turn {len(guide_input.attempts) + 1}")
        return self.decision


class LocalForkableRun:
    """A local graph that stops before its guide, which returns a preset decision."""

    def __init__(self, context: Context, task_model: BaseChatModel | None, sandbox: Sandbox | None) -> None:
        self._context, self._guide = context, _PresetGuide()
        builder = create_codesteer(task_model=task_model, guide=self._guide, sandbox=sandbox)
        self._graph = builder.compile(checkpointer=InMemorySaver())

    async def start(self, question: str) -> ForkPoint:
        """Run up to the first decision, without calling a model."""
        given: Any = {"messages": [HumanMessage(question)]}
        await self._graph.ainvoke(given, THREAD, context=self._context, interrupt_before=["guide"])
        return await self._now()

    async def take(self, point: ForkPoint, decision: Decision) -> ForkPoint:
        """Preset the decision and run up to the next one."""
        self._guide.decision = decision
        await self._graph.ainvoke(None, point.checkpoint, context=self._context, interrupt_before=["guide"])
        return await self._now()

    async def end(self, point: ForkPoint) -> ForkPoint:
        """Run to the turn limit, where the graph ends without calling a guide."""
        await self._graph.ainvoke(None, point.checkpoint, context=self._context)
        return await self._now()

    async def _now(self) -> ForkPoint:
        state = await self._graph.aget_state(THREAD)
        return ForkPoint(state.config, read_state(state.values))


class ServerForkableRun:
    """A server's graph that stops after its rules guide, whose decision is then replaced."""

    def __init__(self, context: Context, thread: Thread) -> None:
        self._thread = thread
        # Defaults are sent too, so that an assistant's own settings on the server cannot change the trees.
        self._settings = {**context.model_dump(mode="json"), "guide": "rules", "review": []}

    async def start(self, question: str) -> ForkPoint:
        """Run up to the first decision; the rules guide on the server costs nothing."""
        given = {"messages": [{"role": "user", "content": question}]}
        return await self._run(input=given, interrupt_after=["guide"])

    async def take(self, point: ForkPoint, decision: Decision) -> ForkPoint:
        """Write the decision into the checkpoint and run up to the next one."""
        values = write_update({"decision": decision, "stop_reason": None})
        fork = await self._thread.update_state(point.checkpoint, values, as_node="guide")
        return await self._run(checkpoint_id=fork, interrupt_after=["guide"])

    async def end(self, point: ForkPoint) -> ForkPoint:
        """Run to the end; the rules guide stops at the turn limit."""
        return await self._run(checkpoint_id=point.checkpoint)

    async def _run(self, **options: Any) -> ForkPoint:
        standing: ThreadState = await self._thread.run(self._settings, **options)
        return ForkPoint(standing.checkpoint, standing.values)


@asynccontextmanager
async def open_server_run(server: Server, context: Context) -> AsyncIterator[ForkableRun]:
    """Open a thread for one question; raise ServerError if the server cannot be reached."""
    async with new_thread(server) as thread:
        yield ServerForkableRun(context, thread)
