"""Every command in README and docs is valid: command, arguments, options, choices."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main
from tests.support.pages import PAGES, ROOT, blocks, prose

from codesteer.cli.app import app

SHELL = ("bash", "console", "")
ENDS = {"|", "&&", ">", ">>", "<", "||", ";"}
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]


def words(line: str) -> list[str]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&>;<")
    lexer.whitespace_split = True
    return list(lexer)


def commands(line: str) -> Iterator[list[str]]:
    """Return the commands of a line, split at pipes and redirections, without comments."""
    command: list[str] = []
    for word in [*words(line), ";"]:
        if word in ENDS:
            yield command
            command = []
        else:
            command.append(word)


def lines(page: str) -> list[str]:
    texts = [text.replace("\\\n", " ") for text in blocks(page, *SHELL)]
    return [line.removeprefix("$ ") for text in texts for line in text.splitlines()]


def shown(name: str) -> list[tuple[str, ...]]:
    """Return every command of codesteer once."""
    found = [command for page in PAGES for line in lines(page) if name in line for command in commands(line)]
    return sorted({tuple(command) for command in found if command[:1] == [name]})


def mentioned() -> list[tuple[str, ...]]:
    """Return commands within prose, where required arguments may be missing."""
    spans = [span for page in PAGES for span in re.findall(r"`(codesteer [^`]+)`", prose(page))]
    numbered = [
        re.sub(r"\b[NK]\b", "1", " ".join(span.split())) for span in spans
    ]  # letters that stand for numbers
    return sorted({tuple(words(span)) for span in numbered})


def complaint(command: tuple[str, ...]) -> str:
    """Return the error of the command line for a command, without running it; empty if it is valid."""
    group: Any = typer.main.get_command(app)
    _idle(group)
    try:
        group.main(list(command[1:]), prog_name=command[0], standalone_mode=False)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _idle(command: Any) -> None:
    command.callback = lambda **_: None
    for below in getattr(command, "commands", {}).values():
        _idle(below)


@pytest.mark.parametrize("command", shown("codesteer"), ids=" ".join)
def test_every_command_is_valid(command: tuple[str, ...]) -> None:
    said = complaint(command)
    assert not said or "does not exist" in said  # a file that the user has


@pytest.mark.parametrize("command", mentioned(), ids=" ".join)
def test_every_command_within_a_sentence_exists(command: tuple[str, ...]) -> None:
    said = complaint(command)
    assert not said or "does not exist" in said or said.startswith(("MissingParameter", "NoArgsIsHelpError"))


def leaves(command: Any, path: str) -> Iterator[tuple[str, str]]:
    """Return every command that is not a group, with its help."""
    below = getattr(command, "commands", {})
    if not below:
        yield path, command.help
    for name, found in below.items():
        yield from leaves(found, f"{path} {name}")


@pytest.mark.parametrize(("path", "text"), [*leaves(typer.main.get_command(app), "codesteer")])
def test_every_command_has_a_valid_example(path: str, text: str) -> None:
    (example,) = re.findall(r"^Example: (.+)$", text, re.MULTILINE)
    assert example.startswith(path)
    said = complaint(tuple(words(example)))
    assert not said or "does not exist" in said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("codesteer solve --turns 3 question", "No such option"),
        ("codesteer resolve question", "No such command"),
        ("codesteer solve --max-turns 99 question", "BadParameter"),
        ("codesteer replay thread --turn 1 --mode maths", "'maths' is not one of"),
        ("codesteer solve one two", "unexpected extra argument"),
        ("codesteer replay thread", "MissingParameter"),
    ],
)
def test_invalid_commands_are_detected(line: str, said: str) -> None:
    assert said in complaint(tuple(words(line)))


@pytest.mark.parametrize("command", shown("make"), ids=" ".join)
def test_every_make_target_exists(command: tuple[str, ...]) -> None:
    makefile = (ROOT / "Makefile").read_text()
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in command[1:])


def test_every_extra_that_is_installed_exists() -> None:
    named = {
        extra
        for text in PAGES.values()
        for found in re.findall(r"pip install .*?\[([\w,]+)\]", text)
        for extra in found.split(",")
    }
    assert named
    assert named <= set(EXTRAS)


def test_every_script_that_is_run_exists() -> None:
    named = {
        path for text in PAGES.values() for path in re.findall(r"python (?:-m )?(benchmarks[./]\w+)", text)
    }
    assert named
    assert [name for name in named if not (ROOT / f"{name.replace('.', '/')}.py").exists()] == []
