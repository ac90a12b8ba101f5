"""``codesteer learn``: fill a file of experience from questions."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from codesteer.cli.models import ensure_embedded
from codesteer.cli.options import (
    DEFAULT_NAMESPACE,
    ExperienceFile,
    GuideName,
    Model,
    Namespace,
    SandboxKind,
    Seed,
    Temperature,
    Tokens,
    Turns,
)
from codesteer.cli.progress import ProgressDisplay, resumable
from codesteer.errors import ConfigurationError
from codesteer.files import read_text
from codesteer.settings import Settings

if TYPE_CHECKING:
    from codesteer.graph.context import Context
    from codesteer.teaching.learner import Summary
    from codesteer.teaching.questions import Lessons

FAILED = 1
MEANINGS = {
    "recalled": "answered by a remembered program, without the task model",
    "skill": "solved; the program is or became a skill",
    "learnt": "solved; the program is remembered as an example",
    "unsolved": "not answered rightly",
    "too_long": "longer than what is remembered",
    "failed": "a model or the sandbox failed; the same command asks again",
    "asked": "asked without a known answer; what the run verified is remembered",
}

Questions = Annotated[
    Path | None,
    typer.Argument(
        help='JSONL file of {"question": …, "answer": …} objects; without answers, only tested checks and '
        "agreement count.",
        dir_okay=False,
        show_default=False,
    ),
]
Tasks = Annotated[
    str | None,
    typer.Option(help="Learn from SymBench: comma-separated task names, or all, seen or unseen."),
]
Split = Annotated[str, typer.Option(help="train, dev or test; what is learnt from cannot be evaluated.")]
Count = Annotated[int, typer.Option(metavar="N", min=1, help="Questions per task.")]
Level = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="Difficulty level. Default: all in turn.")
]
Teacher = Annotated[
    str | None,
    typer.Option(
        metavar="MODEL", help="A stronger model that solves the questions and turns programs into skills."
    ),
]
Concurrency = Annotated[int, typer.Option(metavar="N", min=1, help="Questions at a time.")]


def learn(
    questions: Questions = None,
    tasks: Tasks = None,
    split: Split = "train",
    count: Count = 20,
    level: Level = None,
    task_model: Model = "local",
    teacher: Teacher = None,
    guide: GuideName = "rules",
    sandbox: SandboxKind = "local",
    max_turns: Turns = 5,
    max_tokens: Tokens = None,
    temperature: Temperature = None,
    concurrency: Concurrency = 4,
    seed: Seed = None,
    experience: ExperienceFile = None,
    namespace: Namespace = DEFAULT_NAMESPACE,
) -> None:
    """Learn from questions: remember programs that answered them, and test those remembered before.

    Example: codesteer learn --tasks game24,letters --count 20 --teacher openai:gpt-4o
    """
    if (questions is None) == (tasks is None):
        raise ConfigurationError("give a file of questions, or --tasks")
    from codesteer.graph.context import create_context

    if questions is not None:
        lessons = read_questions(questions)
    else:
        lessons = _task_questions(tasks or "", split, level, seed or 0, count)
    context = create_context(
        task_model=teacher or task_model,
        guide=guide,
        sandbox=sandbox,
        max_turns=max_turns,
        max_tokens=max_tokens,
        temperature=temperature,
        seed=seed,
        experience=labels(namespace),
    )
    console = Console(stderr=True)
    ensure_embedded((context.task_model, guide), console)
    path = experience or Settings.from_environment().experience
    with resumable("learning"):
        summary = asyncio.run(_learn(lessons, context, teacher, path, concurrency, console))
    _print(summary, path)
    if summary.failures:
        raise typer.Exit(FAILED)


async def _learn(
    lessons: "Lessons",
    context: "Context",
    teacher: str | None,
    path: Path,
    concurrency: int,
    console: Console,
) -> "Summary":
    from codesteer.experience.library import Library, library_namespace
    from codesteer.experience.store_file import open_store_file
    from codesteer.graph.workflow import compile_graph
    from codesteer.models.resolve import resolve_model
    from codesteer.models.unwrapping import model_name
    from codesteer.sandboxes.factory import open_sandbox
    from codesteer.teaching.learner import Learner

    with open_store_file(path) as store, ProgressDisplay(console, "questions") as progress:
        learner = Learner(
            library=Library(store, library_namespace(context.experience)),
            graph=compile_graph(store=store),
            context=context,
            sandbox=open_sandbox(context.sandbox),
            model=model_name(resolve_model(context.task_model, context.seed)),
            teacher=None if teacher is None else resolve_model(teacher, context.seed),
        )
        return await learner.learn_all(lessons, concurrency, progress.update)


def labels(namespace: str) -> tuple[str, ...]:
    """Return the labels of a namespace as the command line writes it; raises ConfigurationError if it is invalid."""
    from codesteer.evals.selection import split_names
    from codesteer.graph.context import namespace_error

    found = split_names(namespace)
    if error := namespace_error(found) if found else "give labels such as my_app,alice":
        raise ConfigurationError(f"--namespace: {error}")
    return found


def read_questions(path: Path) -> "Lessons":
    """Return the questions of a file; raises ConfigurationError if it cannot be read."""
    from codesteer.teaching.questions import read_lessons

    return read_lessons(read_text(path), path.name)


def _task_questions(tasks: str, split: str, level: int | None, seed: int, count: int) -> "Lessons":
    """Draw questions from all tasks in turn; raises ConfigurationError for an unknown task, split or level."""
    from codesteer.evals.items import items_at
    from codesteer.evals.selection import ItemSelection, split_names
    from codesteer.symbench.seeds import SPLITS
    from codesteer.teaching.questions import item_lessons

    source = next((known for known in SPLITS if known == split), None)
    if source is None:
        raise ConfigurationError(f"unknown split {split!r}; choose one of {', '.join(SPLITS)}")
    selection = ItemSelection(tasks=split_names(tasks), source=source, level=level, seed=seed)
    return item_lessons(items_at(selection, range(count)))


def _print(summary: "Summary", path: Path) -> None:
    from codesteer.cli.result import printable

    table = Table("questions", "what came of them", box=None)
    for status, number in summary.statuses.most_common():
        table.add_row(str(number), MEANINGS[status])
    console = Console()
    console.print(table)
    for failure in summary.failures:
        Console(stderr=True).print(Text(printable(f"failed: {failure}"), style="red"), soft_wrap=True)
    console.print(
        f"{summary.tokens:,} tokens; what is remembered: codesteer experience list --experience {path}",
        soft_wrap=True,
    )
