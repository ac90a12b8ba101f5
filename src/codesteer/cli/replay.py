"""``codesteer replay``: fork a saved run at a turn and compare both branches."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console

from codesteer.cli.options import Checkpoints
from codesteer.cli.solve import print_loading
from codesteer.errors import ConfigurationError
from codesteer.files import require_writable

if TYPE_CHECKING:
    from codesteer.replay import Replay

ThreadName = Annotated[
    str,
    typer.Argument(
        help="Name given to 'codesteer solve --thread'; with --graph-url the id of the thread on the server."
    ),
]
TurnNumber = Annotated[
    int,
    typer.Option(
        metavar="N",
        min=1,
        help="Turn whose decision is replaced; the number after the last turn adds a turn.",
    ),
]
QuestionNumber = Annotated[
    int | None,
    typer.Option(
        metavar="N", min=1, help="Number of the question on the thread, from 1. Default: the last one."
    ),
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


def replay_run(
    thread: ThreadName,
    turn: TurnNumber,
    question: QuestionNumber = None,
    mode: ForcedMode = None,
    guidance: ForcedGuidance = None,
    checkpoints: Checkpoints = None,
    graph_url: GraphUrl = None,
    expected: Expected = None,
    item: ItemsFile = None,
    pairs: PairsFile = None,
    as_json_text: Annotated[
        bool, typer.Option("--json", metavar="", help="Print both branches as JSON.")
    ] = False,
) -> None:
    """Fork a saved run at a turn, force another decision, and compare both branches.

    Example: codesteer replay primes --turn 1 --mode text --expected 135 --pairs pairs.jsonl
    """
    if mode is None and guidance is None:
        raise ConfigurationError("nothing would change: give --mode text, --mode code or --guidance '…'")
    _validate_grading(expected, item, pairs)
    if pairs is not None:
        _require_pairs_file(pairs)
    console = Console(stderr=as_json_text)
    if not as_json_text:
        print_loading(console)
    from codesteer.cli.comparison import comparison_json, comparison_table
    from codesteer.cli.replay_run import ReplayRequest, run_replay
    from codesteer.cli.result import json_text
    from codesteer.guides.decision import Mode
    from codesteer.replay import preference_pair

    request = ReplayRequest(
        thread=thread,
        turn=turn,
        question=question,
        mode=Mode(mode) if mode else None,
        guidance=guidance,
        expected=expected,
        items=item,
    )
    replayed, grader = run_replay(request, checkpoints, graph_url, console)
    pair = preference_pair(replayed, grader.is_correct, **grader.metadata) if grader else None
    # Shown before it is appended: a full disk must not discard it.
    if as_json_text:
        typer.echo(json_text(comparison_json(replayed, grader, pair)))
    else:
        console.print(comparison_table(replayed, grader))
    if pairs is not None and pair is not None:
        _append(pairs, pair)
    if pairs is not None and not as_json_text:
        console.print(_pair_message(pairs, replayed, pair))


def _pair_message(path: Path, replayed: "Replay", pair: dict[str, Any] | None) -> str:
    if pair is not None:
        return f"added a preference pair to {path}"
    if replayed.original.is_disturbed or replayed.other.is_disturbed:
        return "added no preference pair: a failure, not the decision, shaped the end of a branch"
    return "added no preference pair: both branches have the same grade"


def _validate_grading(expected: str | None, item: Path | None, pairs: Path | None) -> None:
    if expected is not None and item is not None:
        raise ConfigurationError("give --expected or --item, not both")
    if pairs is not None and expected is None and item is None:
        raise ConfigurationError("--pairs must know which branch is correct: give --expected or --item")


def _require_pairs_file(path: Path) -> None:
    """Raise ConfigurationError unless pairs can be appended: checked before the replay, which must not be in vain."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            path.open("ab").close()
    except OSError as error:
        raise ConfigurationError(f"cannot write {path} ({error.strerror}); choose another file") from error
    require_writable(path)
    if path.is_file() and path.stat().st_size:
        from codesteer.training.pairs import read_replay_pairs

        try:
            read_replay_pairs(path)
        except ConfigurationError as error:
            raise ConfigurationError(
                f"{error}; --pairs appends to files of pairs only: remove this line or choose another file"
            ) from error


def _append(path: Path, row: dict[str, Any]) -> None:
    from codesteer.training.journal import Journal

    Journal(path).append(("" if _ends_line(path) else "\n") + json.dumps(row, ensure_ascii=False))


def _ends_line(path: Path) -> bool:
    """Whether a file is missing, empty or ends with a line break, which some editors leave out."""
    if not path.exists() or path.stat().st_size == 0:
        return True
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read() == b"\n"
