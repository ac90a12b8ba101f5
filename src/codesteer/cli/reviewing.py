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

TITLES = {"code": "this program is about to run", "guidance": "this guidance is about to be sent"}


def ask_person(question: Mapping[str, Any], console: Console) -> Any:
    """Show what the run stopped for and return the person's answer, in a form that the graph takes.

    Raises:
        ConfigurationError: there is nobody to ask: standard input is at its end.
    """
    text = printable(question["text"])
    code = question["review"] == "code"
    shown = Syntax(text, "python", word_wrap=True) if code else Text(text)
    console.print(Panel(shown, title=TITLES[question["review"]], border_style="yellow"))
    try:
        return _answer(question["text"], ".py" if code else ".txt", console)
    except EOFError as end:
        raise ConfigurationError(
            "--review needs your answers: run it in a terminal, or give them on standard input, one a line"
        ) from end


def _answer(text: str, suffix: str, console: Console) -> Any:
    while True:
        choice = Prompt.ask(
            "(a)pprove, (e)dit or (r)eject",
            choices=["a", "e", "r"],
            default="a",
            show_choices=False,
            console=console,
        )
        if choice == "a":
            return "approve"
        if choice == "r":
            return {
                "type": "reject",
                "reason": Prompt.ask("why", default="", show_default=False, console=console),
            }
        edited = edit(text, suffix)
        if edited.strip():
            return {"type": "edit", "text": edited}
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
