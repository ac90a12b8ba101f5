"""``codesteer solve``: runs the graph on one question and shows each turn as it happens."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from langchain_core.messages import HumanMessage
from rich.console import Console
from rich.text import Text

from codesteer.cli.models import ensure_model, open_store
from codesteer.cli.result import as_json, printable
from codesteer.cli.trace import write_trace
from codesteer.cli.view import LiveView
from codesteer.errors import ConfigurationError
from codesteer.graph.context import Context

FAILED = 1
Model = Annotated[
    str, typer.Option(help="'local', a .gguf path, provider:model, or http(s)://host/v1#model.")
]


def solve(
    question: Annotated[str, typer.Argument(help="The question; - reads it from standard input.")],
    task_model: Model = "local",
    guide: Annotated[str, typer.Option(help="'rules' (no model) or a model.")] = "rules",
    checker_model: Annotated[
        str | None, typer.Option(help="Writes the programs that test answers; default: the task model.")
    ] = None,
    sandbox: Annotated[str, typer.Option(help="Where programs run: local, e2b, docker, …")] = "local",
    max_turns: Annotated[int, typer.Option(min=1, max=20, help="Answers of the task model, at most.")] = 5,
    max_seconds: Annotated[float | None, typer.Option(min=0.001, help="Seconds of work, at most.")] = None,
    max_tokens: Annotated[int | None, typer.Option(min=1, help="Tokens in and out, at most.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Sampling seed.")] = None,
    as_json_text: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    trace: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write a page that shows the run: FILE.html.")
    ] = None,
) -> None:
    """Solve a question and show each turn as it happens.

    Example: codesteer solve "What is 5343235 * 143433327? Return the answer with the format <<<number>>>."
    """
    text = read_question(question)
    context = Context(
        task_model=task_model,
        guide=guide,
        checker_model=checker_model,
        sandbox=sandbox,
        max_turns=max_turns,
        max_seconds=max_seconds,
        max_tokens=max_tokens,
        seed=seed,
    )
    errors = Console(stderr=True)
    if "local" in (task_model, guide, checker_model):
        ensure_model(open_store(), errors)
    result: dict[str, Any] = {}
    try:
        with LiveView(errors if as_json_text else Console()) as view:
            asyncio.run(run(text, context, view, result))
    finally:
        report(text, result, as_json_text, trace)
    if not result.get("answer") or result["outcome"] == "failed":
        raise typer.Exit(FAILED)


async def run(question: str, context: Context, view: LiveView, result: dict[str, Any]) -> None:
    """Run the graph; ``result`` always holds the latest state, so that an interruption loses no turn."""
    from codesteer.graph.workflow import graph

    stream = graph.astream(
        {"messages": [HumanMessage(question)]},
        context=context,
        stream_mode=["custom", "values"],
        version="v2",
    )
    async for part in stream:
        if part["type"] == "custom":
            view.event(part["data"])
        elif part["type"] == "values":
            result.update(part["data"])
            view.turns(result.get("turns", []))


def report(question: str, result: dict[str, Any], as_json_text: bool, trace: Path | None) -> None:
    """Print the result and write the trace, as far as the run came."""
    if trace is not None and result:
        write_trace(trace, question, as_json(result))
    if as_json_text:
        if result:
            typer.echo(json.dumps(as_json(result), ensure_ascii=False, indent=2))
        return
    if "outcome" in result:
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
