"""The command line as a whole: help, version, model commands."""

import re
from pathlib import Path

import pytest
from tests.support.terminal import Terminal

from codesteer.models.store import EMBEDDED

GROUPS = {
    "sandbox": ("check", "cleanup"),
    "models": ("list", "pull", "serve"),
    "symbench": ("list", "generate", "verify", "fetch", "audit"),
    "eval": ("methods", "run", "status", "report"),
    "train": ("trajectories", "parquet", "conversations", "pairs", "sft", "dpo", "accuracy", "export"),
}
LEAVES = [
    ["solve"],
    ["chat"],
    ["replay"],
    *([group, name] for group, names in GROUPS.items() for name in names),
]
COMMANDS = [*LEAVES, *([group] for group in GROUPS)]


@pytest.mark.parametrize("command", [[], *COMMANDS])
def test_every_command_has_help(terminal: Terminal, command: list[str]) -> None:
    status, out, _ = terminal.run(*command, "--help")
    assert status == 0
    assert "Usage: codesteer" in out


@pytest.mark.parametrize("command", LEAVES)
def test_the_help_of_every_command_has_an_example(terminal: Terminal, command: list[str]) -> None:
    assert f"Example: codesteer {' '.join(command)}" in " ".join(terminal.run(*command, "--help")[1].split())


@pytest.mark.parametrize("command", LEAVES)
def test_options_are_described_in_words_not_types(terminal: Terminal, command: list[str]) -> None:
    lines = terminal.run(*command, "--help")[1].splitlines()
    own = [line for line in lines if "--help" not in line]  # which is Typer's
    assert [line for line in own if re.search(r"--.*(<bool>|range>|list\[)", line)] == []


def test_the_version(terminal: Terminal) -> None:
    status, out, _ = terminal.run("--version")
    assert status == 0
    assert out.strip().startswith("0.")


def test_models_list_shows_the_state_of_the_files(
    terminal: Terminal,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("CODESTEER_MODEL_DIR", str(tmp_path / "models"))
    status, out, _ = terminal.run("models", "list")
    assert status == 0
    assert out.count("missing") == 2
    assert "Apache-2.0" in out


def test_an_unknown_model_cannot_be_pulled(terminal: Terminal) -> None:
    status, _, err = terminal.run("models", "pull", "gpt-9")
    assert status == 2
    assert "unknown model 'gpt-9': choose one of qwen2.5-coder-1.5b-instruct, qwen2.5" in err


@pytest.mark.parametrize(("size", "state"), [(10, "corrupt"), (None, "missing")])
def test_serving_requires_a_complete_file(
    terminal: Terminal,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    size: int | None,
    state: str,
) -> None:
    monkeypatch.setenv("CODESTEER_MODEL_DIR", str(tmp_path))
    if size is not None:
        (tmp_path / EMBEDDED.filename).write_bytes(b"x" * size)
    status, _, err = terminal.run("models", "serve")
    assert status == 1
    assert f"is {state}; run: codesteer models pull" in err


def test_an_invalid_number_of_threads_is_reported(
    terminal: Terminal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CODESTEER_THREADS", "two")
    status, _, err = terminal.run("models", "list")
    assert status == 2
    assert "CODESTEER_THREADS is 'two'" in err
