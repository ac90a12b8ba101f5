"""``codesteer replay``: fork a saved run at a turn and compare both branches."""

import asyncio
import json
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import typer
from langgraph.pregel.remote import RemoteGraph
from rich.console import Console

from codesteer.checkpoints import open_checkpoints
from codesteer.cli.comparison import comparison_json, comparison_table
from codesteer.cli.grading import Grader, grade_by_answer, grade_by_items
from codesteer.cli.models import ensure_embedded
from codesteer.cli.solve import Checkpoints
from codesteer.cli.view import LiveView
from codesteer.errors import ConfigurationError
from codesteer.graph.context import Context
from codesteer.graph.state import State, question_message
from codesteer.graph.workflow import CompiledGraph, compile_graph
from codesteer.guides.decision import Mode
from codesteer.remote.server import Server, connect, parse_server_address
from codesteer.replay import Replay, preference_pair, replay
from codesteer.replay.run_store import ServerRunStore, stored_context
from codesteer.settings import Settings

ThreadName = Annotated[
    str,
    typer.Argument(
        help="Name given to 'codesteer solve --thread'; with --graph-url the id of the thread on the server."
    ),
]
TurnNumber = Annotated[
    int,
    typer.Option(min=1, help="Turn whose decision is replaced; the number after the last turn adds a turn."),
]
ForcedMode = Annotated[
    Literal["text", "code"] | None, typer.Option(help="How the task model must answer in this turn.")
]
ForcedGuidance = Annotated[str | None, typer.Option(help="Guidance to send to the task model instead.")]
GraphUrl = Annotated[
    str | None,
    typer.Option(help="LangGraph server that has the run: http(s)://host:port[#graph]."),
]
Expected = Annotated[str | None, typer.Option(help="Correct answer, to grade both branches.")]
ItemsFile = Annotated[
    Path | None,
    typer.Option(
        dir_okay=False,
        help="JSONL file of SymBench items that includes the question, to grade both branches.",
    ),
]
PairsFile = Annotated[
    Path | None,
    typer.Option(
        dir_okay=False,
        help="JSONL file to which a preference pair is appended if exactly one branch is correct.",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayRequest:
    """The user's request."""

    thread: str
    turn: int
    mode: Mode | None
    guidance: str | None
    expected: str | None
    items: Path | None

    def grader(self, question: str) -> Grader | None:
        """Return a grader for this question; None if the user gave neither an answer nor items."""
        if self.items is not None:
            return grade_by_items(self.items, question)
        return None if self.expected is None else grade_by_answer(self.expected)


def replay_run(
    thread: ThreadName,
    turn: TurnNumber,
    mode: ForcedMode = None,
    guidance: ForcedGuidance = None,
    checkpoints: Checkpoints = None,
    graph_url: GraphUrl = None,
    expected: Expected = None,
    item: ItemsFile = None,
    pairs: PairsFile = None,
    as_json_text: Annotated[bool, typer.Option("--json", help="Print both branches as JSON.")] = False,
) -> None:
    """Fork a saved run at a turn, force another decision, and compare both branches.

    Example: codesteer replay primes --turn 1 --mode text --expected 135 --pairs pairs.jsonl
    """
    request = ReplayRequest(
        thread=thread,
        turn=turn,
        mode=Mode(mode) if mode else None,
        guidance=guidance,
        expected=expected,
        items=item,
    )
    _validate(request, pairs)
    console = Console(stderr=True) if as_json_text else Console()
    replayed, grader = asyncio.run(_replay_coroutine(request, checkpoints, graph_url, console))
    pair = preference_pair(replayed, grader.is_correct, **grader.metadata) if grader else None
    if pairs is not None and pair is not None:
        _append(pairs, pair)
    if as_json_text:
        typer.echo(json.dumps(comparison_json(replayed, grader, pair), ensure_ascii=False, indent=2))
        return
    console.print(comparison_table(replayed, grader))
    if pairs is not None:
        console.print(
            f"added a preference pair to {pairs}"
            if pair
            else "added no preference pair: both branches have the same grade"
        )


def _validate(request: ReplayRequest, pairs: Path | None) -> None:
    if request.mode is None and request.guidance is None:
        raise ConfigurationError("nothing would change: give --mode text, --mode code or --guidance '…'")
    if request.expected is not None and request.items is not None:
        raise ConfigurationError("give --expected or --item, not both")
    if pairs is not None and request.expected is None and request.items is None:
        raise ConfigurationError("--pairs must know which branch is correct: give --expected or --item")


def _replay_coroutine(
    request: ReplayRequest, checkpoints: Path | None, graph_url: str | None, console: Console
) -> Coroutine[Any, Any, tuple[Replay, Grader | None]]:
    """Return the coroutine that replays the run from a checkpoint file or on a server."""
    if graph_url is None:
        return _replay_local(request, _existing(checkpoints), console)
    if checkpoints is not None:
        raise ConfigurationError(
            "a run is in a file or on a server: give --checkpoints or --graph-url, not both"
        )
    return _replay_on_server(request, parse_server_address(graph_url), console)


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
        context = stored_context(snapshot) or Context()
        model_names = (context.task_model, context.guide, context.checker_model)
        await asyncio.to_thread(ensure_embedded, model_names, console)
        return await _replay(request, graph, snapshot.values, console)


async def _replay_on_server(
    request: ReplayRequest, server: Server, console: Console
) -> tuple[Replay, Grader | None]:
    async with connect(server) as client:
        graph = RemoteGraph(server.graph, client=client)
        snapshot = await ServerRunStore(graph).latest_state(request.thread)
        if snapshot is None or not snapshot.values.get("messages"):
            raise ConfigurationError(
                f"{server.url} has no run on thread {request.thread!r}; give a thread id as shown in Studio"
            )
        return await _replay(request, graph, snapshot.values, console)


async def _replay(
    request: ReplayRequest, graph: CompiledGraph | RemoteGraph, values: Mapping[str, Any], console: Console
) -> tuple[Replay, Grader | None]:
    grader = request.grader(question_message(cast(State, values)).text)
    with LiveView(console) as view:
        replayed = await replay(
            graph,
            request.thread,
            turn=request.turn,
            mode=request.mode,
            guidance=request.guidance,
            on_part=view.part,
        )
    return replayed, grader


def _append(path: Path, row: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
