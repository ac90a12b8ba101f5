"""``codesteer train``: sample trajectories, build training data, and train and export a guide."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from codesteer.cli.models import ensure_embedded
from codesteer.cli.progress import ProgressDisplay, resumable
from codesteer.errors import ConfigurationError
from codesteer.training.processes import is_main_process

if TYPE_CHECKING:
    from codesteer.training.artefact import Card
    from codesteer.training.questions import QuestionSelection
    from codesteer.training.trajectories import TrajectorySettings

app = typer.Typer(
    no_args_is_help=True, help="Train a guide: sample, select, fine-tune (SFT, DPO) and export."
)
FAILED = 1
LAUNCHED = "CODESTEER_LAUNCHED"
"""Environment variable set in processes started by accelerate, so that they do not start it again."""
Out = Annotated[Path, typer.Option(file_okay=False, help="Output folder.")]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="FIELD=VALUE", help="Override a field of the recipe: field=value; repeatable."
    ),
]
Against = Annotated[
    list[Path] | None,
    typer.Option(
        exists=True, metavar="PATH", help="JSONL files or folders of questions to exclude; repeatable."
    ),
]
Seed = Annotated[int, typer.Option(metavar="N", min=0, help="Random seed.")]
HeldOut = Annotated[
    float, typer.Option(metavar="X", min=0, max=0.9, help="Fraction of questions held out for evaluation.")
]
RecipeName = Annotated[str, typer.Argument(help="A built-in recipe (see docs/training.md) or a YAML file.")]


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
    float, typer.Option(metavar="SECONDS", min=0.1, help="Time limit per program in seconds.")
]
Parallel = Annotated[
    int, typer.Option(metavar="N", min=1, help="Number of questions to process in parallel.")
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
    graph_url: GraphUrl = None,
) -> None:
    """Sample trees of runs by trying several decisions per turn; run the command again to resume.

    Example: codesteer train trajectories --out runs/trees --per-task 20 --level 1 --against samples/
    """
    from codesteer.graph.context import Context
    from codesteer.training.questions import QuestionSelection, trainable_tasks
    from codesteer.training.trajectories import TrajectorySettings

    context = Context(
        task_model=task_model,
        checker_model=checker_model,
        check_answer=check_answer,
        sandbox=sandbox,
        max_turns=max_turns,
        program_seconds=program_seconds,
    )
    guides = {"guides": tuple(guide)} if guide else {}
    settings = TrajectorySettings(
        context=context, widths=_parse_widths(widths), seed=seed, graph_url=graph_url, **guides
    )
    selection = QuestionSelection(
        tasks=tuple(task) if task else trainable_tasks(),
        per_task=per_task,
        levels=tuple(level or ()),
        seed=seed,
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

    with _progress("questions") as progress, resumable("the sampling"):
        found = collect_trajectories(
            out,
            settings,
            selection,
            against=against,
            parallel=parallel,
            start=progress.update,
            progress=lambda _: progress.advance(),
        )
    _print_counts(found.counts)
    if found.failures:
        for failure in found.failures:
            Console(stderr=True).print(f"failed: {failure}", style="red", highlight=False, markup=False)
        Console(stderr=True).print("run the command again to retry these questions")
        raise typer.Exit(FAILED)


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
    from codesteer.training.trajectories import load_trees

    _, trees = load_trees(trajectories)
    number = write_parquet(out, (row for tree in trees for row in decision_rows(tree)))
    typer.echo(f"wrote {number} decisions to {out}")


@app.command("conversations")
def choose_conversations(
    trajectories: Annotated[Path, typer.Argument(help="A finished folder of trajectories.")],
    out: Out,
    per_question: Annotated[
        int, typer.Option(metavar="N", min=1, help="Maximum conversations per question.")
    ] = 2,
    ratio: Annotated[
        float,
        typer.Option(metavar="X", min=1, help="Maximum size of a category relative to the median category."),
    ] = 2.0,
    held_out: HeldOut = 0.1,
    seed: Seed = 0,
) -> None:
    """Select successful runs for fine-tuning, balanced over tasks, first decisions and lengths.

    Example: codesteer train conversations runs/trees --out runs/conversations
    """
    from codesteer.training.conversations import ConversationSelection
    from codesteer.training.sft_data import build_sft_data

    selection = ConversationSelection(per_question=per_question, ratio=ratio, held_out=held_out, seed=seed)
    _print_counts(build_sft_data(trajectories, out, selection).counts)


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
    margin: Annotated[
        float, typer.Option(metavar="X", min=0.001, help="Minimum difference of scores.")
    ] = 2.0,
    per_question: Annotated[int, typer.Option(metavar="N", min=1, help="Maximum pairs per question.")] = 4,
    ratio: Annotated[
        float,
        typer.Option(metavar="X", min=1, help="Maximum size of a category relative to the median category."),
    ] = 3.0,
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
        margin=margin, per_question=per_question, ratio=ratio, held_out=held_out, seed=seed
    )
    forbidden = read_questions(against or ())
    _print_counts(build_pairs(trajectories, out, selection, replays=replays or (), against=forbidden).counts)


@app.command("sft")
def fine_tune(
    recipe: RecipeName,
    data: Annotated[Path, typer.Option(file_okay=False, help="Output folder of 'train conversations'.")],
    out: Out,
    changes: Changes = None,
) -> None:
    """Fine-tune a base model on conversations (SFT); run the command again to resume.

    Example: codesteer train sft laptop-0.5b --data runs/conversations --out runs/sft
    """
    from codesteer.training.recipe import load_recipe

    chosen = load_recipe(recipe, tuple(changes or ()))
    _launch_if_needed(chosen.launch)
    from codesteer.training.sft import train_sft

    with _progress("steps") as progress, resumable("the training"):
        card = train_sft(chosen, data, out, _print_progress, progress.update)
    _print_card(out, card)


@app.command("dpo")
def prefer(
    recipe: RecipeName,
    data: Annotated[Path, typer.Option(file_okay=False, help="Output folder of 'train pairs'.")],
    out: Out,
    model: Annotated[
        Path | None,
        typer.Option(file_okay=False, help="Output folder of 'train sft'. Default: the base model."),
    ] = None,
    changes: Changes = None,
) -> None:
    """Train a fine-tuned guide on preference pairs (DPO); run the command again to resume.

    Example: codesteer train dpo laptop-0.5b --model runs/sft --data runs/pairs --out runs/dpo
    """
    from codesteer.training.recipe import load_recipe

    chosen = load_recipe(recipe, tuple(changes or ()))
    _launch_if_needed(chosen.launch)
    from codesteer.training.dpo import train_dpo

    with _progress("steps") as progress, resumable("the training"):
        card = train_dpo(chosen, data, out, model=model, notify=_print_progress, steps=progress.update)
    _print_card(out, card)


@app.command("accuracy")
def measure_accuracy(
    models: Annotated[
        list[str],
        typer.Argument(help="Trained guides, model folders, or names of base models."),
    ],
    pairs: Annotated[Path, typer.Option(file_okay=False, help="Output folder of 'train pairs'.")],
    max_length: Annotated[
        int, typer.Option(metavar="N", min=64, help="Maximum tokens per pair; longer pairs are skipped.")
    ] = 4096,
    threads: Annotated[int | None, typer.Option(metavar="N", min=1, help="Number of CPU threads.")] = None,
) -> None:
    """Measure how often models assign the preferred decision of a held-out pair the higher probability.

    Example: codesteer train accuracy qwen2.5-coder-0.5b-instruct runs/sft runs/dpo --pairs runs/pairs
    """
    from codesteer.training.pair_accuracy import held_out_accuracy

    for name in models:
        for kind, share in held_out_accuracy(name, pairs, max_length, threads, _print_progress).items():
            typer.echo(f"{name}: {kind} {share}")


@app.command("export")
def export_model(
    model: Annotated[Path, typer.Argument(help="Output folder of 'train sft' or 'train dpo'.")],
    out: Out,
    form: Annotated[
        str,
        typer.Option(
            help="Output format: merged (safetensors, for any server) or gguf-adapter (for llama.cpp)."
        ),
    ] = "merged",
) -> None:
    """Export a trained guide for other software.

    Example: codesteer train export runs/dpo --out runs/guide --form merged
    """
    from codesteer.training.export import FORMS, export

    if form not in FORMS:
        raise ConfigurationError(f"unknown form {form!r}: choose one of {', '.join(FORMS)}")
    _print_card(out, export(model, out, FORMS[form], _print_progress))


def _launch_if_needed(launch: Any) -> None:
    """Restart this command with accelerate if the recipe requires several processes."""
    if launch is None or "LOCAL_RANK" in os.environ:
        return
    if LAUNCHED in os.environ:
        raise ConfigurationError(
            f"launch.config {launch.config}: accelerate started one process instead of {launch.processes}; "
            "use a configuration for several processes (distributed_type FSDP, DEEPSPEED or MULTI_GPU)"
        )
    from codesteer.training.recipe import launch_config

    config = str(launch_config(launch.config))
    _print_progress(f"starting {launch.processes} processes with accelerate ({launch.config})")
    module = ["-m", "accelerate.commands.launch", "--config_file", config]
    start = [*module, "--num_processes", str(launch.processes), "--module", "codesteer", *sys.argv[1:]]
    os.environ[LAUNCHED] = "1"
    # Replaces this process, so that Ctrl-C reaches the launcher, which lets its processes save their state.
    os.execv(sys.executable, [sys.executable, *start])  # noqa: S606


def _parse_widths(text: str) -> tuple[int, ...]:
    parts = text.split(",")
    if not all(part.strip().isdecimal() and int(part) > 0 for part in parts):
        raise ConfigurationError(
            f"invalid --widths {text!r}: give comma-separated positive integers, as in 2,2,1"
        )
    return tuple(int(part) for part in parts)


def _print_progress(line: str) -> None:
    if not is_main_process():
        return
    Console(stderr=True).print(line, highlight=False, markup=False)


def _print_counts(counts: dict[str, Any]) -> None:
    for name, value in counts.items():
        inner = (
            ", ".join(f"{key} {number}" for key, number in value.items())
            if isinstance(value, dict)
            else value
        )
        Console().print(f"{name}: {inner}", highlight=False, markup=False)


def _print_card(out: Path, card: "Card") -> None:
    if not is_main_process():
        return
    _print_counts(card.counts)
    typer.echo(f"finished: {out}")


def _progress(what: str) -> ProgressDisplay:
    return ProgressDisplay(Console(stderr=True, quiet=not is_main_process()), what)
