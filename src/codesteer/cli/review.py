"""``--review`` in the terminal: show a pending action and ask the user to approve, edit or reject it."""

import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.prompt import Prompt
from rich.syntax import Syntax
from rich.text import Text

from codesteer.cli.result import printable
from codesteer.errors import ConfigurationError
from codesteer.nodes.review import RUN_PROGRAM


def ask_reviewer(request: Mapping[str, Any], console: Console) -> dict[str, Any]:
    """Show the pending actions and return the user's decisions in the form that the graph expects.

    Args:
        request: the interrupt's value, a ``HITLRequest``.
        console: the console for the prompts.

    Raises:
        ConfigurationError: standard input has ended.
    """
    return {"decisions": [_decide(action, console) for action in request["action_requests"]]}


def _decide(action: Mapping[str, Any], console: Console) -> dict[str, Any]:
    ((argument, text),) = action["args"].items()
    code = action["name"] == RUN_PROGRAM.name
    shown = Syntax(printable(text), "python", word_wrap=True) if code else Text(printable(text))
    console.print(Panel(shown, title=action["description"], border_style="yellow"))
    try:
        return _prompt_decision(action["name"], argument, text, console)
    except EOFError as end:
        raise ConfigurationError(
            "--review needs your answers: run the command in a terminal, or write one answer per line to standard input"
        ) from end


def _prompt_decision(name: str, argument: str, text: str, console: Console) -> dict[str, Any]:
    while True:
        choice = Prompt.ask(
            "(a)pprove, (e)dit or (r)eject",
            choices=["a", "e", "r"],
            default="a",
            show_choices=False,
            console=console,
        )
        if choice == "a":
            return {"type": "approve"}
        if choice == "r":
            return {
                "type": "reject",
                "message": Prompt.ask("reason", default="", show_default=False, console=console),
            }
        edited = edit(text, ".py" if name == RUN_PROGRAM.name else ".txt")
        if edited.strip():
            return {"type": "edit", "edited_action": {"name": name, "args": {argument: edited}}}
        console.print("[red]the edited text is empty: approve, reject, or edit again[/]")


def edit(text: str, suffix: str) -> str:
    """Let the user edit a text in their editor.

    Raises:
        ConfigurationError: there is no editor, or it failed.
    """
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"review{suffix}"
        path.write_text(text, encoding="utf-8")
        try:
            subprocess.run([*shlex.split(editor), str(path)], check=True)  # noqa: S603 (the user's own editor)
        except (OSError, subprocess.CalledProcessError) as error:
            message = f"the editor {editor!r} failed ({error}); set EDITOR to a working one"
            raise ConfigurationError(message) from error
        return path.read_text(encoding="utf-8")
