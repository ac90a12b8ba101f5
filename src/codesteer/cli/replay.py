"""``codesteer replay``: forks a kept run at a turn and shows both branches side by side."""

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
from codesteer.cli.comparison import as_json, comparison
from codesteer.cli.models import ensure_embedded
from codesteer.cli.solve import Checkpoints
from codesteer.cli.verdicts import Verdicts, by_expected, by_items
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
        help="The name that 'codesteer solve --thread' keeps the run under; with --graph-url the thread's id."
    ),
]
TurnNumber = Annotated[
    int, typer.Option(min=1, help="Whose decision is forced; one more than the run has makes it go on.")
]
ForcedMode = Annotated[Literal["text", "code"] | None, typer.Option(help="How the task model is to answer.")]
ForcedGuidance = Annotated[str | None, typer.Option(help="What the task model is told instead.")]
GraphUrl = Annotated[
    str | None,
    typer.Option(help="The LangGraph server that keeps the run instead: http(s)://host:port[#graph]."),
]
Expected = Annotated[str | None, typer.Option(help="The right answer, to judge both branches by.")]
ItemsFile = Annotated[
    Path | None, typer.Option(dir_okay=False, help="SymBench items, the question's among them: JSONL.")
]
PairsFile = Annotated[
    Path | None,
    typer.Option(dir_okay=False, help="Append a preference pair if just one branch is right: JSONL."),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the user asked for."""

    thread: str
    turn: int
    mode: Mode | None
    guidance: str | None
    expected: str | None
    items: Path | None

    def verdicts(self, question: str) -> Verdicts | None:
        """Return the judge of the answers to this question; None where the user named none."""
        if self.items is not None:
            return by_items(self.items, question)
        return None if self.expected is None else by_expected(self.expected)


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
    """Fork a kept run at a turn, force another decision, and show both branches side by side.

    Example: codesteer replay primes --turn 1 --mode text --expected 135 --pairs pairs.jsonl
    """
    order = Order(
        thread=thread,
        turn=turn,
        mode=Mode(mode) if mode else None,
        guidance=guidance,
        expected=expected,
        items=item,
    )
    _require_clear(order, pairs)
    console = Console(stderr=True) if as_json_text else Console()
    done, verdicts = asyncio.run(_work(order, checkpoints, graph_url, console))
    pair = preference_pair(done, verdicts.is_right, **verdicts.metadata) if verdicts else None
    if pairs is not None and pair is not None:
        _append(pairs, pair)
    if as_json_text:
        typer.echo(json.dumps(as_json(done, verdicts, pair), ensure_ascii=False, indent=2))
        return
    console.print(comparison(done, verdicts))
    if pairs is not None:
        console.print(f"a pair was added to {pairs}" if pair else "no pair: both branches are equally good")


def _require_clear(order: Order, pairs: Path | None) -> None:
    if order.mode is None and order.guidance is None:
        raise ConfigurationError("say what is to be different: --mode text, --mode code or --guidance '…'")
    if order.expected is not None and order.items is not None:
        raise ConfigurationError("judge by --expected or by --item, not by both")
    if pairs is not None and order.expected is None and order.items is None:
        raise ConfigurationError("--pairs needs to know which branch is right: give --expected or --item")


def _work(
    order: Order, checkpoints: Path | None, graph_url: str | None, console: Console
) -> Coroutine[Any, Any, tuple[Replay, Verdicts | None]]:
    """Return what is to be done where the run is kept: in a file or on a server."""
    if graph_url is None:
        return _replay_here(order, _existing(checkpoints), console)
    if checkpoints is not None:
        raise ConfigurationError("a run is kept in a file or on a server: give --checkpoints or --graph-url")
    return _replay_there(order, parse_server_address(graph_url), console)


def _existing(checkpoints: Path | None) -> Path:
    file = checkpoints or Settings.from_environment().checkpoints
    if not file.exists():
        raise ConfigurationError(
            f"no runs are kept in {file}: 'codesteer solve --thread NAME' keeps one, --checkpoints names the file"
        )
    return file


async def _replay_here(order: Order, file: Path, console: Console) -> tuple[Replay, Verdicts | None]:
    async with open_checkpoints(file) as saver:
        graph = compile_graph(checkpointer=saver)
        snapshot = await graph.aget_state({"configurable": {"thread_id": order.thread}})
        if not snapshot.values.get("messages"):
            raise ConfigurationError(f"no run is kept under the name {order.thread!r} in {file}")
        context = stored_context(snapshot) or Context()
        asked = (context.task_model, context.guide, context.checker_model)
        await asyncio.to_thread(ensure_embedded, asked, console)
        return await _replay(order, graph, snapshot.values, console)


async def _replay_there(order: Order, server: Server, console: Console) -> tuple[Replay, Verdicts | None]:
    async with connect(server) as client:
        graph = RemoteGraph(server.graph, client=client)
        snapshot = await ServerRunStore(graph).latest_state(order.thread)
        if snapshot is None or not snapshot.values.get("messages"):
            raise ConfigurationError(f"{server.url} keeps no run on a thread {order.thread!r}")
        return await _replay(order, graph, snapshot.values, console)


async def _replay(
    order: Order, graph: CompiledGraph | RemoteGraph, values: Mapping[str, Any], console: Console
) -> tuple[Replay, Verdicts | None]:
    verdicts = order.verdicts(question_message(cast(State, values)).text)
    with LiveView(console) as view:
        done = await replay(
            graph,
            order.thread,
            turn=order.turn,
            mode=order.mode,
            guidance=order.guidance,
            on_part=view.part,
        )
    return done, verdicts


def _append(path: Path, row: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
