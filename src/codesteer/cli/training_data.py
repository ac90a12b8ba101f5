"""``codesteer train``: sample trajectories, and select training data from them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from codesteer.cli.models import ensure_embedded
from codesteer.cli.numbers import finite, not_nan
from codesteer.cli.progress import resumable
from codesteer.cli.training_output import Out, print_counts, progress_of, warn_of_few
from codesteer.errors import ConfigurationError

if TYPE_CHECKING:
    from codesteer.training.questions import QuestionSelection
    from codesteer.training.trajectories import TrajectorySettings

app = typer.Typer()
FAILED = 1
Against = Annotated[
    list[Path] | None,
    typer.Option(
        exists=True, metavar="PATH", help="JSONL files or folders of questions to exclude; repeatable."
    ),
]
Seed = Annotated[int, typer.Option(metavar="N", min=0, help="Random seed.")]
HeldOut = Annotated[
    float,
    typer.Option(
        metavar="X", min=0, max=0.9, callback=not_nan, help="Fraction of questions held out for evaluation."
    ),
]
Margin = Annotated[
    float,
    typer.Option(metavar="X", min=0.001, callback=finite, help="Minimum difference of two siblings' scores."),
]
Ratio = Annotated[
    float,
    typer.Option(
        metavar="X",
        min=1,
        callback=not_nan,
        help="Maximum size of a category relative to the median category; inf for any size.",
    ),
]
TaskShare = Annotated[
    float,
    typer.Option(
        metavar="X",
        min=0.01,
        max=1,
        callback=not_nan,
        help="Maximum fraction of one task among what is kept.",
    ),
]
PerTask = Annotated[int, typer.Option(metavar="N", min=1, help="Questions per task.")]
SeenTask = Annotated[
    list[str] | None,
    typer.Option(metavar="TASK", help="Restrict to this seen task; repeatable. Default: all."),
]
OnlyLevel = Annotated[
    list[int] | None, typer.Option(metavar="N", help="Restrict to this level; repeatable. Default: all.")
]
Proposers = Annotated[
    list[str] | None,
    typer.Option(
        metavar="GUIDE",
        help="Guide that proposes decisions: rules, code, text, return, or a model such as "
        "'local?temperature=0.8&style=sceptical'; repeatable, tried in the given order.",
    ),
]
Widths = Annotated[
    str,
    typer.Option(
        help="Comma-separated numbers of sibling decisions to continue at turn 1, 2, …; the last one applies to all "
        "later turns."
    ),
]
TaskModel = Annotated[str, typer.Option(help="Model that answers the questions.")]
CheckerModel = Annotated[
    str | None, typer.Option(help="Model that writes the checking programs. Default: the task model.")
]
CheckAnswer = Annotated[bool, typer.Option(metavar="", help="Run the self-answer checker.")]
SandboxKind = Annotated[str, typer.Option(help="Sandbox for programs: local, e2b, docker, …")]
Turns = Annotated[
    int, typer.Option(metavar="N", min=1, max=20, help="Maximum number of answers of the task model.")
]
ProgramSeconds = Annotated[
    float,
    typer.Option(metavar="SECONDS", min=0.1, callback=finite, help="Time limit per program in seconds."),
]
Parallel = Annotated[
    int, typer.Option(metavar="N", min=1, help="Number of questions to process in parallel.")
]
Adaptive = Annotated[
    bool,
    typer.Option(
        "--adaptive",
        metavar="",
        help="Let earlier questions decide on the levels: harder ones for tasks that every branch solves, easier and "
        "fewer ones for tasks that none does.",
    ),
]
GraphUrl = Annotated[
    str | None,
    typer.Option(
        help="Run the questions on a deployed LangGraph server, http(s)://host:port[#graph]; model and sandbox "
        "names are resolved there, except those of the proposing guides."
    ),
]


@app.command("trajectories")
def sample_trajectories(
    out: Out,
    per_task: PerTask = 20,
    task: SeenTask = None,
    level: OnlyLevel = None,
    guide: Proposers = None,
    widths: Widths = "2,2,1",
    task_model: TaskModel = "local",
    checker_model: CheckerModel = None,
    check_answer: CheckAnswer = True,
    sandbox: SandboxKind = "local",
    max_turns: Turns = 4,
    program_seconds: ProgramSeconds = 10.0,
    against: Against = None,
    parallel: Parallel = 1,
    seed: Seed = 0,
    adaptive: Adaptive = False,
    graph_url: GraphUrl = None,
) -> None:
    """Sample trees of runs by trying several decisions per turn; run the command again to resume.

    Example: codesteer train trajectories --out runs/trees --per-task 20 --level 1 --against samples/
    """
    from codesteer.graph.context import create_context
    from codesteer.training.questions import QuestionSelection, trainable_tasks
    from codesteer.training.trajectories import TrajectorySettings

    context = create_context(
        task_model=task_model,
        checker_model=checker_model,
        check_answer=check_answer,
        sandbox=sandbox,
        max_turns=max_turns,
        program_seconds=program_seconds,
    )
    guides: dict[str, Any] = {"guides": tuple(guide)} if guide else {}
    settings = TrajectorySettings(
        context=context, widths=_parse_widths(widths), seed=seed, graph_url=graph_url, **guides
    )
    selection = QuestionSelection(
        tasks=tuple(task) if task else trainable_tasks(),
        per_task=per_task,
        levels=tuple(level or ()),
        seed=seed,
        adaptive=adaptive,
    )
    ensure_embedded(_local_models(settings), Console(stderr=True))
    _collect(out, settings, selection, against or (), parallel)


def _local_models(settings: "TrajectorySettings") -> list[str]:
    """Return the models that this process calls; with a server, only those of the proposing guides."""
    proposing = [name.partition("?")[0] for name in settings.guides]
    context = settings.context
    return proposing if settings.graph_url else [*proposing, context.task_model, context.checker_model or ""]


def _collect(
    out: Path,
    settings: "TrajectorySettings",
    selection: "QuestionSelection",
    against: Sequence[Path],
    parallel: int,
) -> None:
    from codesteer.training.trajectories import collect_trajectories

    with progress_of("questions") as progress, resumable("the sampling"):
        found = collect_trajectories(
            out,
            settings,
            selection,
            against=against,
            parallel=parallel,
            start=progress.update,
            progress=lambda _: progress.advance(),
        )
    print_counts(found.counts)
    if found.failures:
        for failure in found.failures:
            Console(stderr=True).print(f"failed: {failure}", style="red", highlight=False, markup=False)
        Console(stderr=True).print("run the command again to retry these questions")
        raise typer.Exit(FAILED)


@app.command("status")
def show_status(
    trajectories: Annotated[Path, typer.Argument(help="A folder of trajectories, finished or not.")],
    margin: Margin = 2.0,
) -> None:
    """Show how far a sampling is, and how many conversations and pairs it has by task.

    Example: codesteer train status runs/trees
    """
    from codesteer.cli.sampling_status import print_sampling_status

    print_sampling_status(trajectories, margin)


@app.command("parquet")
def export_parquet(
    trajectories: Annotated[Path, typer.Argument(help="A folder of trajectories.")],
    out: Annotated[Path, typer.Option(dir_okay=False, help="Output Parquet file.")],
) -> None:
    """Export trajectories as a Parquet table with one row per decision.

    Example: codesteer train parquet runs/trees --out trees.parquet
    """
    from codesteer.training.decision_table import decision_rows
    from codesteer.training.rows import write_parquet
    from codesteer.training.trajectories import read_trees

    trees = list(read_trees(trajectories))
    if not any(tree.nodes for tree in trees):
        raise ConfigurationError(f"{trajectories} holds no trajectories")
    number = write_parquet(out, (row for tree in trees for row in decision_rows(tree)))
    typer.echo(f"wrote {number} decisions to {out}")


@app.command("conversations")
def choose_conversations(
    trajectories: Annotated[Path, typer.Argument(help="A finished folder of trajectories.")],
    out: Out,
    per_question: Annotated[
        int, typer.Option(metavar="N", min=1, help="Maximum conversations per question.")
    ] = 2,
    ratio: Ratio = 2.0,
    task_share: TaskShare = 1.0,
    held_out: HeldOut = 0.1,
    seed: Seed = 0,
) -> None:
    """Select successful runs for fine-tuning, balanced over tasks, first decisions and lengths.

    Example: codesteer train conversations runs/trees --out runs/conversations
    """
    from codesteer.training.conversations import ConversationSelection
    from codesteer.training.sft_data import build_sft_data

    selection = ConversationSelection(
        per_question=per_question, ratio=ratio, task_share=task_share, held_out=held_out, seed=seed
    )
    print_counts(build_sft_data(trajectories, out, selection).counts)


@app.command("pairs")
def make_pairs(
    out: Out,
    trajectories: Annotated[Path | None, typer.Argument(help="A finished folder of trajectories.")] = None,
    replays: Annotated[
        list[Path] | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            metavar="FILE",
            help="JSONL file of pairs from 'codesteer replay'; repeatable.",
        ),
    ] = None,
    margin: Margin = 2.0,
    per_question: Annotated[int, typer.Option(metavar="N", min=1, help="Maximum pairs per question.")] = 4,
    ratio: Ratio = 3.0,
    task_share: TaskShare = 1.0,
    held_out: HeldOut = 0.1,
    against: Against = None,
    seed: Seed = 0,
) -> None:
    """Build preference pairs from sibling decisions with different scores and from replays.

    Example: codesteer train pairs runs/trees --out runs/pairs --margin 2
    """
    from codesteer.training.decontamination import read_questions
    from codesteer.training.pairs import PairSelection, build_pairs

    if trajectories is None and not replays:
        raise ConfigurationError("there is no source of pairs; give trajectories, --replays or both")
    selection = PairSelection(
        margin=margin,
        per_question=per_question,
        ratio=ratio,
        task_share=task_share,
        held_out=held_out,
        seed=seed,
    )
    forbidden = read_questions(against or ())
    counts = build_pairs(trajectories, out, selection, replays=replays or (), against=forbidden).counts
    print_counts(counts)
    warn_of_few(counts["held out"])


def _parse_widths(text: str) -> tuple[int, ...]:
    parts = text.split(",")
    if not all(part.strip().isdecimal() and int(part) > 0 for part in parts):
        raise ConfigurationError(
            f"invalid --widths {text!r}: give comma-separated positive integers, as in 2,2,1"
        )
    return tuple(int(part) for part in parts)
