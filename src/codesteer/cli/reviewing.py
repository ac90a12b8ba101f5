"""``--review`` in the terminal: shows what is about to happen and asks a person."""

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
from codesteer.nodes.review import PROGRAM


def ask_person(request: Mapping[str, Any], console: Console) -> dict[str, Any]:
    """Show what the run stopped for and return the person's decisions, as the graph takes them.

    Args:
        request: the interrupt's value, a ``HITLRequest``.
        console: where to ask.

    Raises:
        ConfigurationError: there is nobody to ask: standard input is at its end.
    """
    return {"decisions": [_decide(action, console) for action in request["action_requests"]]}


def _decide(action: Mapping[str, Any], console: Console) -> dict[str, Any]:
    ((argument, text),) = action["args"].items()
    code = action["name"] == PROGRAM.action
    shown = Syntax(printable(text), "python", word_wrap=True) if code else Text(printable(text))
    console.print(Panel(shown, title=action["description"], border_style="yellow"))
    try:
        return _answer(action["name"], argument, text, console)
    except EOFError as end:
        raise ConfigurationError(
            "--review needs your answers: run it in a terminal, or give them on standard input, one a line"
        ) from end


def _answer(name: str, argument: str, text: str, console: Console) -> dict[str, Any]:
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
                "message": Prompt.ask("why", default="", show_default=False, console=console),
            }
        edited = edit(text, ".py" if name == PROGRAM.action else ".txt")
        if edited.strip():
            return {"type": "edit", "edited_action": {"name": name, "args": {argument: edited}}}
        console.print("[red]nothing is left of it: approve, reject, or edit it again[/]")


def edit(text: str, suffix: str) -> str:
    """Let the person change a text in their editor.

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
            message = f"the editor {editor!r} did not work ({error}); set EDITOR to one that does"
            raise ConfigurationError(message) from error
        return path.read_text(encoding="utf-8")
