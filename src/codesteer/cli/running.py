"""A run on the command line: kept in a file where it has a thread, resumed from it, stopped for a person."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command, StateSnapshot

from codesteer.checkpoints import open_checkpoints
from codesteer.cli.reviewing import ask_person
from codesteer.cli.view import LiveView
from codesteer.errors import ConfigurationError
from codesteer.graph.context import Context
from codesteer.graph.state import State, is_answered, question_message
from codesteer.graph.workflow import compile_graph
from codesteer.guides.evidence import clip
from codesteer.replay.run_store import context_metadata

SHOWN_QUESTION = 200
UNKEPT = "unkept"
"""The thread of a run that is kept in memory only."""
Input = Any
"""What LangGraph takes: new messages, an answer to an interruption, or None to go on."""


@dataclass(slots=True)
class CommandRun:
    """One run of ``codesteer solve``."""

    question: str
    context: Context
    view: LiveView
    thread: str | None = None
    checkpoints: Path | None = None
    """The file that keeps the run; None: memory."""
    result: dict[str, Any] = field(default_factory=dict)
    """The latest state, so that an interruption loses no turn."""
    _memory: InMemorySaver = field(default_factory=InMemorySaver)

    def finish(self) -> None:
        """Run to the end, asking a person wherever the run stops for one.

        A kept run that was broken off goes on where it stopped; one that is at its end is shown again.

        Raises:
            ConfigurationError: the thread is in the middle of another question, or nobody answers.
            CodeSteerError: whatever else ends the run.
        """
        answer: Command[Any] | None = None
        while question := asyncio.run(self._advance(answer)):
            # Outside the event loop: inside, Ctrl-C would not reach a prompt.
            with self.view.paused() as console:
                answer = Command(resume=ask_person(question, console))

    async def _advance(self, answer: Command[Any] | None) -> Mapping[str, Any] | None:
        """Run on to the end, or to the next question for a person, which is returned."""
        config: RunnableConfig = {
            "configurable": {"thread_id": self.thread or UNKEPT},
            "metadata": context_metadata(self.context),
        }
        async with self._saver() as saver:
            graph = compile_graph(checkpointer=saver)
            snapshot = await graph.aget_state(config)
            if answer is None and self._is_done(snapshot):
                self._take({"data": snapshot.values, "type": "values"})
                return None
            stream = graph.astream(
                answer or self._start(snapshot),
                config,
                context=self.context,
                stream_mode=["custom", "values"],
                version="v2",
                durability="sync",
            )
            waiting: Any = ()
            async for part in stream:
                self._take(part)
                waiting = part["interrupts"] if part["type"] == "values" else waiting
        return waiting[0].value if waiting else None

    def _start(self, snapshot: StateSnapshot) -> Input:
        """Return the question, or None to go on with it where it was broken off."""
        if not snapshot.values.get("messages"):
            return {"messages": [HumanMessage(self.question)]}
        asked = _question(snapshot)
        if not snapshot.next:
            failed = asked == self.question and snapshot.values.get("outcome") == "failed"
            last = question_message(cast(State, snapshot.values))
            return {"messages": [last if failed else HumanMessage(self.question)]}
        if asked != self.question:
            raise ConfigurationError(
                f"thread {self.thread!r} is in the middle of another question: finish that one with the command "
                f"that began it, or take another --thread. It is: {clip(asked, SHOWN_QUESTION)}"
            )
        return None

    def _is_done(self, snapshot: StateSnapshot) -> bool:
        values = snapshot.values
        return is_answered(values) and not snapshot.next and _question(snapshot) == self.question

    def _take(self, part: Mapping[str, Any]) -> None:
        self.view.part(part)
        if part["type"] == "values":
            self.result.update(part["data"])

    @asynccontextmanager
    async def _saver(self) -> AsyncIterator[BaseCheckpointSaver[Any]]:
        if self.checkpoints is None:
            yield self._memory
            return
        async with open_checkpoints(self.checkpoints) as saver:
            yield saver


def _question(snapshot: StateSnapshot) -> str:
    return question_message(cast(State, snapshot.values)).text
