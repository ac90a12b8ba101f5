"""Texts of every command are UTF-8 or refused in one line; paths stay as the file system has them."""

import inspect
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from tests.support.terminal import Terminal
from typer.testing import CliRunner

from codesteer.cli.app import app
from codesteer.cli.text import as_utf8, pass_texts_as_utf8
from codesteer.errors import ConfigurationError

NO_TEXT = "a\udcff"
"""What Python makes of the bytes ``a\\xff``."""


def commands(group: typer.Typer) -> Iterator[Callable[..., Any]]:
    for command in group.registered_commands:
        assert command.callback is not None
        yield command.callback
    for inner in group.registered_groups:
        assert inner.typer_instance is not None
        yield from commands(inner.typer_instance)


TEXT_OPTIONS = [
    pytest.param(command, name, id=f"{command.__name__}-{name}")
    for command in commands(app)
    for name, parameter in inspect.signature(command).parameters.items()
    if getattr(parameter.annotation, "__origin__", None) in (str, str | None, list[str], list[str] | None)
]


@pytest.mark.parametrize(("command", "name"), TEXT_OPTIONS)
def test_every_text_of_every_command_is_refused_by_its_name(command: Any, name: str) -> None:
    for value in (NO_TEXT, ["fine", NO_TEXT]):
        with pytest.raises(ConfigurationError, match=f"the {name.replace('_', ' ')} is not valid UTF-8"):
            command(**{name: value})


@pytest.mark.parametrize(
    "arguments",
    [
        ("solve", "--thread", NO_TEXT, "Sum below 10?"),
        ("solve", "--task-model", f"openai:{NO_TEXT}", "Sum below 10?"),
        ("solve", NO_TEXT),
        ("chat", "--thread", NO_TEXT),
        ("replay", NO_TEXT, "--turn", "1", "--mode", "text"),
        ("replay", "t", "--turn", "1", "--guidance", NO_TEXT),
        ("experience", "forget", "abc", NO_TEXT),
        ("symbench", "generate", "--task", NO_TEXT, "--count", "1"),
    ],
)
def test_it_is_one_line(terminal: Terminal, arguments: tuple[str, ...]) -> None:
    status, out, err = terminal.run(*arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "is not valid UTF-8" in err


def test_a_locale_without_umlauts_changes_no_text_and_no_path(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    own = typer.Typer()

    @own.command()
    def show(
        name: str, place: Path, more: Annotated[list[str] | None, typer.Option()] = None, count: int = 1
    ) -> None:
        seen.extend([name, place, more, count])

    pass_texts_as_utf8(own)
    monkeypatch.setattr(sys, "getfilesystemencoding", lambda: "ascii")
    done = CliRunner().invoke(own, ["Z\udcc3\udcbcrich", "\udcff.txt", "--more", "\udcc3\udca4"])
    assert done.exit_code == 0, done.output
    assert seen == ["Zürich", Path("\udcff.txt"), ["ä"], 1]


@pytest.mark.parametrize("text", ["", "plain", "Zürich", "😀", "a\0b"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert as_utf8(text, "the text") == text


def test_a_models_name_in_a_conversation_is_refused() -> None:
    command = [sys.executable, "-c", "from codesteer.cli import main; main()", "chat"]
    command += ["--task-model", "http://127.0.0.1:1/v1#m"]
    typed = b"/model openai:\xff\n/model\n"
    done = subprocess.run(
        command, input=typed, capture_output=True, check=False, env=os.environ | {"COLUMNS": "200"}
    )
    assert b"the model's name is not valid UTF-8" in done.stdout + done.stderr
    assert done.stdout.rstrip().endswith(b"http://127.0.0.1:1/v1#m"), "the model is the same as before"
