"""``codesteer solve``: run the graph on a question and show each turn live."""

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console

from codesteer.cli.models import ensure_embedded
from codesteer.cli.options import (
    DEFAULT_NAMESPACE,
    Candidates,
    CheckAnswer,
    CheckerModel,
    Checkpoints,
    Cost,
    ExperienceFile,
    Files,
    GuideName,
    Model,
    SandboxKind,
    Seconds,
    Seed,
    Temperature,
    Tokens,
    Turns,
)
from codesteer.errors import ConfigurationError
from codesteer.files import require_writable
from codesteer.settings import Settings

if TYPE_CHECKING:
    from codesteer.graph.context import ReviewPoint

FAILED = 1
REVIEWS: "dict[str, tuple[ReviewPoint, ...]]" = {
    "code": ("code",),
    "guidance": ("guidance",),
    "both": ("guidance", "code"),
}

Question = Annotated[
    str | None,
    typer.Argument(help="The question. Default, or -: read it from standard input.", show_default=False),
]
Review = Annotated[
    Literal["code", "guidance", "both"] | None,
    typer.Option(help="Ask for your approval before code runs, before guidance is sent, or both."),
]
Thread = Annotated[
    str | None,
    typer.Option(
        help="Save the run under this name; the same command resumes or shows it, 'codesteer replay' forks it."
    ),
]
Learns = Annotated[
    bool,
    typer.Option("--learn", metavar="", help="Use what earlier runs learnt, and learn from this one."),
]
AsJson = Annotated[bool, typer.Option("--json", metavar="", help="Print the result as JSON.")]
TraceFile = Annotated[
    Path | None, typer.Option(dir_okay=False, help="Write an HTML page that shows the run.")
]


def solve(
    command: typer.Context,
    question: Question = None,
    file: Files = None,
    task_model: Model = "local",
    guide: GuideName = "rules",
    checker_model: CheckerModel = None,
    sandbox: SandboxKind = "local",
    max_turns: Turns = 5,
    candidates: Candidates = 2,
    max_seconds: Seconds = None,
    max_tokens: Tokens = None,
    max_cost: Cost = None,
    temperature: Temperature = None,
    seed: Seed = None,
    check_answer: CheckAnswer = None,
    review: Review = None,
    thread: Thread = None,
    checkpoints: Checkpoints = None,
    learn: Learns = False,
    experience: ExperienceFile = None,
    as_json_text: AsJson = False,
    trace: TraceFile = None,
) -> None:
    """Solve a question and show each turn live.

    Example: codesteer solve "What is 5343235 * 143433327? Return the answer with the format <<<number>>>."
    """
    text = read_question(question, reviewed=review is not None)
    saved_in = checkpoint_file(thread, checkpoints)
    learns_in = experience_file(learn, experience)
    if trace is not None:
        require_writable(trace)
    if not as_json_text:
        print_loading(Console())
    from codesteer.cli.solve_run import Storage, question_content, read_files, solve_and_print
    from codesteer.graph.context import create_context

    settings: dict[str, Any] = {
        "task_model": task_model,
        "guide": guide,
        "checker_model": checker_model,
        "sandbox": sandbox,
        "max_turns": max_turns,
        "candidates": candidates,
        "max_seconds": max_seconds,
        "max_tokens": max_tokens,
        "max_cost": max_cost,
        "temperature": temperature,
        "check_answer": check_answer,
        "review": REVIEWS[review] if review else (),
        "seed": seed,
    }
    # Options that are left out are, on a saved thread, as they were when the run began.
    context = create_context(
        experience=(DEFAULT_NAMESPACE,) if learn else (),
        **{name: value for name, value in settings.items() if _is_given(command, name)},
    )
    ensure_embedded((task_model, guide, checker_model), Console(stderr=True))
    content = question_content(text, read_files(file or ()))
    storage = Storage(thread=thread, checkpoints=saved_in, experience=learns_in)
    if not solve_and_print(content, context, storage, as_json_text=as_json_text, trace=trace):
        raise typer.Exit(FAILED)


def _is_given(command: typer.Context, option: str) -> bool:
    source = command.get_parameter_source(option)
    return source is not None and source.name != "DEFAULT"


def print_loading(console: Console) -> None:
    """Tell a waiting user that LangGraph and the libraries of the models, which take seconds, are being imported."""
    if console.is_terminal:
        console.print("loading LangGraph and the models …", style="dim")


def checkpoint_file(thread: str | None, checkpoints: Path | None) -> Path | None:
    """Return the checkpoint file, or None for a run without a thread; raise ConfigurationError on invalid options."""
    if thread is None:
        if checkpoints is not None:
            raise ConfigurationError("--checkpoints needs a name for the run: give --thread NAME as well")
        return None
    if not thread.strip():
        raise ConfigurationError("the name in --thread is empty; give a name to find the run again")
    return checkpoints or Settings.from_environment().checkpoints


def experience_file(learn: bool, experience: Path | None) -> Path | None:
    """Return the file of experience, or None for a run without; raise ConfigurationError on invalid options."""
    if not learn and experience is not None:
        raise ConfigurationError("--experience needs --learn as well")
    return experience or Settings.from_environment().experience if learn else None


def read_question(argument: str | None, *, reviewed: bool = False) -> str:
    """Return the question's text, from standard input for ``-`` or nothing.

    Args:
        argument: what the command line gives.
        reviewed: a person's decisions are read from standard input.

    Raises:
        ConfigurationError: it is missing, empty, or the name of a file, or standard input is taken or not UTF-8.
    """
    if reviewed and argument in (None, "-"):
        raise ConfigurationError(
            "--review reads your decisions from standard input: give the question as an argument"
        )
    if argument is None and sys.stdin.isatty():
        raise ConfigurationError('there is no question; give it as an argument: codesteer solve "…"')
    text = _read_standard_input() if argument in (None, "-") else str(argument)
    if not text.strip():
        raise ConfigurationError("the question is empty; give it as an argument, or on standard input")
    if argument is not None and _is_file(argument):
        raise ConfigurationError(
            f"{argument} is a file; to ask the question in it: codesteer solve < {shlex.quote(argument)}"
        )
    return text.strip()


def _read_standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        message = (
            f"standard input is not valid UTF-8 (byte {error.start}); convert it, for example with iconv"
        )
        raise ConfigurationError(message) from error


def _is_file(text: str) -> bool:
    try:
        return os.path.isfile(text)
    except ValueError:  # a NUL
        return False
