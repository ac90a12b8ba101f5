"""``codesteer solve``: runs the graph on one question and shows each turn as it happens."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.text import Text

from codesteer.cli.models import ensure_embedded
from codesteer.cli.result import as_json, printable
from codesteer.cli.running import CommandRun
from codesteer.cli.trace import write_trace
from codesteer.cli.view import LiveView
from codesteer.errors import ConfigurationError
from codesteer.graph.context import Context, Review
from codesteer.settings import Settings

FAILED = 1
Model = Annotated[
    str, typer.Option(help="'local', a .gguf path, provider:model, or http(s)://host/v1#model.")
]
Checkpoints = Annotated[
    Path | None,
    typer.Option(dir_okay=False, help="File that keeps runs; default: in your data folder."),
]
REVIEWS: dict[str, tuple[Review, ...]] = {
    "code": ("code",),
    "guidance": ("guidance",),
    "both": ("guidance", "code"),
}


def solve(
    question: Annotated[str, typer.Argument(help="The question; - reads it from standard input.")],
    task_model: Model = "local",
    guide: Annotated[
        str, typer.Option(help="'rules' (no model), a model, or hf:PATH: a trained guide.")
    ] = "rules",
    checker_model: Annotated[
        str | None, typer.Option(help="Writes the programs that test answers; default: the task model.")
    ] = None,
    sandbox: Annotated[str, typer.Option(help="Where programs run: local, e2b, docker, …")] = "local",
    max_turns: Annotated[int, typer.Option(min=1, max=20, help="Answers of the task model, at most.")] = 5,
    candidates: Annotated[
        int, typer.Option(min=1, max=8, help="Maximum independent attempts made side by side.")
    ] = 2,
    max_seconds: Annotated[float | None, typer.Option(min=0.001, help="Seconds of work, at most.")] = None,
    max_tokens: Annotated[int | None, typer.Option(min=1, help="Tokens in and out, at most.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Sampling seed.")] = None,
    review: Annotated[
        Literal["code", "guidance", "both"] | None,
        typer.Option(help="Ask you before code runs, before guidance is sent, or before both."),
    ] = None,
    thread: Annotated[
        str | None,
        typer.Option(help="Keep the run under this name: the same command goes on with it, replay forks it."),
    ] = None,
    checkpoints: Checkpoints = None,
    as_json_text: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    trace: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write a page that shows the run: FILE.html.")
    ] = None,
) -> None:
    """Solve a question and show each turn as it happens.

    Example: codesteer solve "What is 5343235 * 143433327? Return the answer with the format <<<number>>>."
    """
    if review is not None and question == "-":
        raise ConfigurationError(
            "--review reads your answers from standard input: give the question as an argument"
        )
    text = read_question(question)
    context = Context(
        task_model=task_model,
        guide=guide,
        checker_model=checker_model,
        sandbox=sandbox,
        max_turns=max_turns,
        candidates=candidates,
        max_seconds=max_seconds,
        max_tokens=max_tokens,
        review=REVIEWS[review] if review else (),
        seed=seed,
    )
    file = kept_in(thread, checkpoints)
    errors = Console(stderr=True)
    ensure_embedded((task_model, guide, checker_model), errors)
    result: dict[str, Any] = {}
    try:
        with LiveView(errors if as_json_text else Console()) as view:
            CommandRun(text, context, view, thread=thread, checkpoints=file, result=result).finish()
    finally:
        report(text, result, as_json_text, trace)
    if not result.get("answer") or result["outcome"] == "failed":
        raise typer.Exit(FAILED)


def kept_in(thread: str | None, checkpoints: Path | None) -> Path | None:
    """Return the file that keeps a run, None for a run without a name; raises ConfigurationError."""
    if thread is None:
        if checkpoints is not None:
            raise ConfigurationError("--checkpoints keeps a run under a name: give --thread NAME as well")
        return None
    if not thread.strip():
        raise ConfigurationError("the --thread has no name; give one to find the run again")
    return checkpoints or Settings.from_environment().checkpoints


def report(question: str, result: dict[str, Any], as_json_text: bool, trace: Path | None) -> None:
    """Print the result and write the trace, as far as the run came."""
    if trace is not None and result:
        write_trace(trace, question, as_json(result))
    if as_json_text:
        if result:
            typer.echo(json.dumps(as_json(result), ensure_ascii=False, indent=2))
        return
    if result.get("outcome"):
        answer = printable(result["answer"]) or "no answer found"
        Console().print(
            Text.assemble(("answer ", "bold"), (answer, "bold green"), f"  ({result['outcome']})")
        )


def read_question(argument: str) -> str:
    """Return the question's text; raises ConfigurationError if it is empty or not UTF-8."""
    if argument != "-":
        text = argument
    else:
        try:
            text = sys.stdin.buffer.read().decode("utf-8")
        except UnicodeDecodeError as error:
            message = f"standard input is not UTF-8 (byte {error.start}); convert it, for example with iconv"
            raise ConfigurationError(message) from error
    if not text.strip():
        raise ConfigurationError("the question is empty; give it as an argument or on standard input with -")
    return text.strip()
