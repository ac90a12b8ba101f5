"""``codesteer train``: from trajectories over conversations and pairs to a guide that can be served."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from codesteer.cli.models import ensure_embedded
from codesteer.errors import ConfigurationError
from codesteer.graph.context import Context
from codesteer.training.artefact import Card
from codesteer.training.processes import is_main_process

if TYPE_CHECKING:
    from codesteer.training.questions import QuestionSelection as QuestionSelection
    from codesteer.training.trajectories import TrajectorySettings as TrajectorySettings

app = typer.Typer(no_args_is_help=True, help="Train a guide: sample, choose, fine-tune, prefer, export.")
FAILED = 1
LAUNCHED = "CODESTEER_LAUNCHED"
"""Set for the processes that accelerate starts, so that none of them starts accelerate again."""
Out = Annotated[Path, typer.Option(file_okay=False, help="Folder of the result.")]
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", help="Change a field of the recipe: field=value; can be repeated."),
]
Against = Annotated[
    list[Path] | None,
    typer.Option(exists=True, help="Questions never to train on: JSONL files or folders; can be repeated."),
]
Seed = Annotated[int, typer.Option(min=0, help="Other seeds make other choices.")]
HeldOut = Annotated[float, typer.Option(min=0, max=0.9, help="Share of the questions kept for evaluation.")]
RecipeName = Annotated[str, typer.Argument(help="A shipped recipe (see docs/training.md) or a YAML file.")]


PerTask = Annotated[int, typer.Option(min=1, help="Questions of each task.")]
SeenTask = Annotated[
    list[str] | None, typer.Option(help="Only this seen task; can be repeated. Default: all.")
]
OnlyLevel = Annotated[list[int] | None, typer.Option(help="Only this level; can be repeated. Default: all.")]
Proposers = Annotated[
    list[str] | None,
    typer.Option(
        help="Who proposes: rules, code, text, return, or a model such as "
        "'local?temperature=0.8&style=sceptical'; can be repeated, first ones first."
    ),
]
Widths = Annotated[str, typer.Option(help="Siblings that go on at turn 1, 2, …; the last holds.")]
TaskModel = Annotated[str, typer.Option(help="Answers the questions.")]
CheckerModel = Annotated[str | None, typer.Option(help="Writes checks; default: the task model.")]
CheckAnswer = Annotated[bool, typer.Option(help="Run the self-answer checker.")]
SandboxKind = Annotated[str, typer.Option(help="Where programs run.")]
Turns = Annotated[int, typer.Option(min=1, max=20, help="Answers of the task model, at most.")]
ProgramSeconds = Annotated[float, typer.Option(min=0.1, help="Seconds that a program may run.")]
Parallel = Annotated[int, typer.Option(min=1, help="Questions at a time.")]
GraphUrl = Annotated[
    str | None,
    typer.Option(
        help="A deployed LangGraph server, http(s)://host:port[#graph], that runs the questions; models and "
        "sandbox are then names there, those that propose are asked from here."
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
    """Try several decisions at every turn of many questions; goes on where it was interrupted.

    Example: codesteer train trajectories --out runs/trees --per-task 20 --level 1 --against samples/
    """
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
    chosen = {"guides": tuple(guide)} if guide else {}
    settings = TrajectorySettings(
        context=context, widths=_numbers(widths), seed=seed, graph_url=graph_url, **chosen
    )
    selection = QuestionSelection(
        tasks=tuple(task) if task else trainable_tasks(),
        per_task=per_task,
        levels=tuple(level or ()),
        seed=seed,
    )
    ensure_embedded(_asked_from_here(settings), Console(stderr=True))
    _collect(out, settings, selection, against or (), parallel)


def _asked_from_here(settings: "TrajectorySettings") -> list[str]:
    """Name the models that this process asks: with a server only those that propose."""
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

    with _bar("questions") as (start, advance):
        found = collect_trajectories(
            out,
            settings,
            selection,
            against=against,
            parallel=parallel,
            start=start,
            progress=lambda _: advance(),
        )
    _show(found.counts)
    if found.failures:
        for failure in found.failures:
            Console(stderr=True).print(f"not done: {failure}", style="red", highlight=False, markup=False)
        Console(stderr=True).print("run the same command again to try these questions anew")
        raise typer.Exit(FAILED)


@app.command("parquet")
def export_parquet(
    trajectories: Annotated[Path, typer.Argument(help="A folder of trajectories.")],
    out: Annotated[Path, typer.Option(dir_okay=False, help="The Parquet file.")],
) -> None:
    """Write trajectories as a table, a decision a row, for use with datasets or pandas.

    Example: codesteer train parquet runs/trees --out trees.parquet
    """
    from codesteer.training.decision_table import decision_rows
    from codesteer.training.rows import write_parquet
    from codesteer.training.trajectories import load_trees

    _, trees = load_trees(trajectories)
    number = write_parquet(out, (row for tree in trees for row in decision_rows(tree)))
    typer.echo(f"{number} decisions in {out}")


@app.command("conversations")
def choose_conversations(
    trajectories: Annotated[Path, typer.Argument(help="A finished folder of trajectories.")],
    out: Out,
    per_question: Annotated[int, typer.Option(min=1, help="Conversations kept of one question.")] = 2,
    ratio: Annotated[float, typer.Option(min=1, help="How often the median kind the largest may be.")] = 2.0,
    held_out: HeldOut = 0.1,
    seed: Seed = 0,
) -> None:
    """Choose successful runs to learn from, balanced over tasks, first choices and lengths.

    Example: codesteer train conversations runs/trees --out runs/conversations
    """
    from codesteer.training.conversations import ConversationSelection
    from codesteer.training.sft_data import build_sft_data

    selection = ConversationSelection(per_question=per_question, ratio=ratio, held_out=held_out, seed=seed)
    _show(build_sft_data(trajectories, out, selection).counts)


@app.command("pairs")
def make_pairs(
    out: Out,
    trajectories: Annotated[Path | None, typer.Argument(help="A finished folder of trajectories.")] = None,
    replays: Annotated[
        list[Path] | None,
        typer.Option(exists=True, dir_okay=False, help="Pairs from 'codesteer replay': JSONL."),
    ] = None,
    margin: Annotated[float, typer.Option(min=0.001, help="Scores must differ by so much.")] = 2.0,
    per_question: Annotated[int, typer.Option(min=1, help="Pairs kept of one question.")] = 4,
    ratio: Annotated[float, typer.Option(min=1, help="How often the median kind the largest may be.")] = 3.0,
    held_out: HeldOut = 0.1,
    against: Against = None,
    seed: Seed = 0,
) -> None:
    """Pair sibling decisions whose tree scores differ, and decisions replayed from recorded runs.

    Example: codesteer train pairs runs/trees --out runs/pairs --margin 2
    """
    from codesteer.training.decontamination import read_questions
    from codesteer.training.pairs import PairSelection, build_pairs

    if trajectories is None and not replays:
        raise ConfigurationError("there is nothing to make pairs from; give trajectories, --replays or both")
    selection = PairSelection(
        margin=margin, per_question=per_question, ratio=ratio, held_out=held_out, seed=seed
    )
    forbidden = read_questions(against or ())
    _show(build_pairs(trajectories, out, selection, replays=replays or (), against=forbidden).counts)


@app.command("sft")
def fine_tune(
    recipe: RecipeName,
    data: Annotated[Path, typer.Option(file_okay=False, help="What 'train conversations' made.")],
    out: Out,
    changes: Changes = None,
) -> None:
    """Fine-tune a base model on conversations; goes on from the last checkpoint if interrupted.

    Example: codesteer train sft laptop-0.5b --data runs/conversations --out runs/sft
    """
    from codesteer.training.recipe import load_recipe

    chosen = load_recipe(recipe, tuple(changes or ()))
    _launch_if_needed(chosen.launch)
    from codesteer.training.sft import train_sft

    _finished(out, train_sft(chosen, data, out, _say))


@app.command("dpo")
def prefer(
    recipe: RecipeName,
    data: Annotated[Path, typer.Option(file_okay=False, help="What 'train pairs' made.")],
    out: Out,
    model: Annotated[
        Path | None, typer.Option(file_okay=False, help="What 'train sft' made; default: the base itself.")
    ] = None,
    changes: Changes = None,
) -> None:
    """Train a fine-tuned guide on preference pairs; goes on from the last checkpoint if interrupted.

    Example: codesteer train dpo laptop-0.5b --model runs/sft --data runs/pairs --out runs/dpo
    """
    from codesteer.training.recipe import load_recipe

    chosen = load_recipe(recipe, tuple(changes or ()))
    _launch_if_needed(chosen.launch)
    from codesteer.training.dpo import train_dpo

    _finished(out, train_dpo(chosen, data, out, model=model, say=_say))


@app.command("accuracy")
def measure_accuracy(
    models: Annotated[
        list[str], typer.Argument(help="Trained guides, folders of models, or names of bases.")
    ],
    pairs: Annotated[Path, typer.Option(file_okay=False, help="What 'train pairs' made.")],
    max_length: Annotated[int, typer.Option(min=64, help="Tokens; longer pairs are left out.")] = 4096,
    threads: Annotated[int | None, typer.Option(min=1, help="CPU threads.")] = None,
) -> None:
    """Say how often models find the better one of two held-out decisions likelier.

    Example: codesteer train accuracy qwen2.5-coder-0.5b-instruct runs/sft runs/dpo --pairs runs/pairs
    """
    from codesteer.training.pair_accuracy import held_out_accuracy

    for name in models:
        for kind, share in held_out_accuracy(name, pairs, max_length, threads, _say).items():
            typer.echo(f"{name}: {kind} {share}")


@app.command("export")
def export_model(
    model: Annotated[Path, typer.Argument(help="What 'train sft' or 'train dpo' made.")],
    out: Out,
    form: Annotated[
        str, typer.Option(help="merged (safetensors, for any server) or gguf-adapter (for llama.cpp).")
    ] = "merged",
) -> None:
    """Write a trained guide for other software.

    Example: codesteer train export runs/dpo --out runs/guide --form merged
    """
    from codesteer.training.export import FORMS, export

    if form not in FORMS:
        raise ConfigurationError(f"a form is one of {', '.join(FORMS)}, not {form!r}")
    _finished(out, export(model, out, FORMS[form], _say))


def _launch_if_needed(launch: Any) -> None:
    """Start the same command again in as many processes as the recipe wants, through accelerate."""
    if launch is None or "LOCAL_RANK" in os.environ:
        return
    if LAUNCHED in os.environ:
        raise ConfigurationError(
            f"launch.config {launch.config}: accelerate started one process where {launch.processes} are wanted; "
            "give a configuration for several (distributed_type FSDP, DEEPSPEED or MULTI_GPU)"
        )
    from codesteer.training.recipe import launch_config

    config = str(launch_config(launch.config))
    _say(f"starting {launch.processes} processes with accelerate ({launch.config})")
    module = ["-m", "accelerate.commands.launch", "--config_file", config]
    start = [*module, "--num_processes", str(launch.processes), "--module", "codesteer", *sys.argv[1:]]
    os.environ[LAUNCHED] = "1"
    # Replaced, not started: a Ctrl-C then reaches the launcher, which lets its processes save their state.
    os.execv(sys.executable, [sys.executable, *start])  # noqa: S606


def _numbers(text: str) -> tuple[int, ...]:
    parts = text.split(",")
    if not all(part.strip().isdecimal() and int(part) > 0 for part in parts):
        raise ConfigurationError(f"--widths {text!r}: write numbers from 1 up, joined by commas: 2,2,1")
    return tuple(int(part) for part in parts)


def _say(line: str) -> None:
    if not is_main_process():
        return
    Console(stderr=True).print(line, highlight=False, markup=False)


def _show(counts: dict[str, Any]) -> None:
    for name, value in counts.items():
        inner = (
            ", ".join(f"{key} {number}" for key, number in value.items())
            if isinstance(value, dict)
            else value
        )
        Console().print(f"{name}: {inner}", highlight=False, markup=False)


def _finished(out: Path, card: Card) -> None:
    if not is_main_process():
        return
    _show(card.counts)
    typer.echo(f"finished: {out}")


@contextmanager
def _bar(what: str) -> Iterator[tuple[Callable[[int, int], None], Callable[[], None]]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)

        def start(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        yield start, lambda: progress.advance(task)
