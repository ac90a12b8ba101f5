"""``codesteer chat``: a conversation in the terminal."""

from typing import Annotated

import typer
from rich.console import Console

from codesteer.cli.models import ensure_embedded
from codesteer.cli.options import (
    Candidates,
    CheckAnswer,
    CheckerModel,
    Checkpoints,
    Cost,
    GuideName,
    Model,
    SandboxKind,
    Seconds,
    Temperature,
    Tokens,
    Turns,
)
from codesteer.cli.solve import checkpoint_file, print_loading


def chat(
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
    check_answer: CheckAnswer = None,
    thread: Annotated[
        str | None, typer.Option(help="Save the conversation under this name; the same name continues it.")
    ] = None,
    checkpoints: Checkpoints = None,
) -> None:
    """Talk in the terminal: questions, follow-ups, and each turn live.

    Example: codesteer chat --thread homework
    """
    console = Console()
    file = checkpoint_file(thread, checkpoints)
    print_loading(console)
    from codesteer.cli.chat_session import ChatSession
    from codesteer.graph.context import create_context

    context = create_context(
        task_model=task_model,
        guide=guide,
        checker_model=checker_model,
        sandbox=sandbox,
        max_turns=max_turns,
        candidates=candidates,
        max_seconds=max_seconds,
        max_tokens=max_tokens,
        max_cost=max_cost,
        temperature=temperature,
        check_answer=check_answer,
    )
    ensure_embedded((task_model, guide, checker_model), Console(stderr=True))
    ChatSession(context, console, thread, file).run()
