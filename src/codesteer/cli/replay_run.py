"""One run of ``codesteer replay``: find the saved run, fork it, show the new branch live."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from langgraph.pregel.remote import RemoteGraph
from langgraph.types import StateSnapshot
from rich.console import Console

from codesteer.checkpoints import open_checkpoints
from codesteer.cli.grading import Grader, grade_by_answer, grade_by_items
from codesteer.cli.models import ensure_embedded
from codesteer.cli.view import LiveView
from codesteer.errors import ConfigurationError
from codesteer.graph.builder import CompiledGraph
from codesteer.graph.state import State, bare_question
from codesteer.graph.workflow import compile_graph
from codesteer.guides.decision import Mode
from codesteer.remote.server import Server, connect, parse_server_address
from codesteer.replay import Replay, replay
from codesteer.replay.fork import finished_run
from codesteer.replay.run_store import LocalRunStore, ServerRunStore, stored_context
from codesteer.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayRequest:
    """The user's request."""

    thread: str
    turn: int
    question: int | None
    mode: Mode | None
    guidance: str | None
    expected: str | None
    items: Path | None

    def grader(self, question: str) -> Grader | None:
        """Return a grader for this question; None if the user gave neither an answer nor items."""
        if self.items is not None:
            return grade_by_items(self.items, question)
        return None if self.expected is None else grade_by_answer(self.expected)


def run_replay(
    request: ReplayRequest, checkpoints: Path | None, graph_url: str | None, console: Console
) -> tuple[Replay, Grader | None]:
    """Replay the run from a checkpoint file or on a server.

    Raises:
        ConfigurationError: there is no such run, or both places were given.
        CodeSteerError: the replay failed.
    """
    if graph_url is None:
        return asyncio.run(_replay_local(request, _existing(checkpoints), console))
    if checkpoints is not None:
        raise ConfigurationError(
            "a run is in a file or on a server: give --checkpoints or --graph-url, not both"
        )
    return asyncio.run(_replay_on_server(request, parse_server_address(graph_url), console))


def _existing(checkpoints: Path | None) -> Path:
    file = checkpoints or Settings.from_environment().checkpoints
    if not file.exists():
        raise ConfigurationError(
            f"there is no checkpoint file {file}: save a run with 'codesteer solve --thread NAME', "
            "or give another file with --checkpoints"
        )
    return file


async def _replay_local(request: ReplayRequest, file: Path, console: Console) -> tuple[Replay, Grader | None]:
    async with open_checkpoints(file) as saver:
        graph = compile_graph(checkpointer=saver)
        snapshot = await graph.aget_state({"configurable": {"thread_id": request.thread}})
        if not snapshot.values.get("messages"):
            raise ConfigurationError(
                f"{file} has no run named {request.thread!r}; give the name from 'codesteer solve --thread'"
            )
        store = LocalRunStore(graph)
        run = await finished_run(store, request.thread, request.question)
        context = stored_context(run)
        model_names = (context.task_model, context.guide, context.checker_model)
        await asyncio.to_thread(ensure_embedded, model_names, console)
        return await _replay(request, graph, run, console)


async def _replay_on_server(
    request: ReplayRequest, server: Server, console: Console
) -> tuple[Replay, Grader | None]:
    async with connect(server) as client:
        graph = RemoteGraph(server.graph, client=client)
        store = ServerRunStore(graph)
        snapshot = await store.latest_state(request.thread)
        if snapshot is None or not snapshot.values.get("messages"):
            raise ConfigurationError(
                f"{server.url} has no run on thread {request.thread!r}; give a thread id as shown in Studio"
            )
        run = await finished_run(store, request.thread, request.question)
        return await _replay(request, graph, run, console)


async def _replay(
    request: ReplayRequest, graph: CompiledGraph | RemoteGraph, run: StateSnapshot, console: Console
) -> tuple[Replay, Grader | None]:
    grader = request.grader(bare_question(cast(State, run.values)))
    with LiveView(console) as view:
        replayed = await replay(
            graph,
            request.thread,
            turn=request.turn,
            question=request.question,
            mode=request.mode,
            guidance=request.guidance,
            on_part=view.part,
        )
    return replayed, grader
