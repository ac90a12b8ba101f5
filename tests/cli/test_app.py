"""The command line as a whole: help, version, the embedded model's commands."""

from pathlib import Path

import pytest
from tests.support.terminal import Terminal

from codesteer.models.store import EMBEDDED

GROUPS = {
    "sandbox": ("check", "sweep"),
    "models": ("list", "pull", "serve"),
    "symbench": ("list", "generate", "verify", "fetch", "audit"),
    "train": ("trajectories", "parquet", "conversations", "pairs", "sft", "dpo", "accuracy", "export"),
}
LEAVES = [["solve"], *([group, name] for group, names in GROUPS.items() for name in names)]
COMMANDS = [*LEAVES, *([group] for group in GROUPS)]


@pytest.mark.parametrize("command", [[], *COMMANDS])
def test_every_command_has_help(terminal: Terminal, command: list[str]) -> None:
    status, out, _ = terminal.run(*command, "--help")
    assert status == 0
    assert "Usage: codesteer" in out


@pytest.mark.parametrize("command", LEAVES)
def test_every_commands_help_has_an_example(terminal: Terminal, command: list[str]) -> None:
    assert f"Example: codesteer {' '.join(command)}" in " ".join(terminal.run(*command, "--help")[1].split())


def test_the_version(terminal: Terminal) -> None:
    status, out, _ = terminal.run("--version")
    assert status == 0
    assert out.strip().startswith("0.")


def test_models_list_says_what_is_there(
    terminal: Terminal,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("CODESTEER_MODEL_DIR", str(tmp_path / "models"))
    status, out, _ = terminal.run("models", "list")
    assert status == 0
    assert out.count("missing") == 2
    assert "Apache-2.0" in out


def test_only_known_models_can_be_pulled(terminal: Terminal) -> None:
    status, _, err = terminal.run("models", "pull", "gpt-9")
    assert status == 2
    assert "no model is called 'gpt-9'; there are: qwen2.5-coder-1.5b-instruct, qwen2.5" in err


@pytest.mark.parametrize(("size", "state"), [(10, "corrupt"), (None, "missing")])
def test_serving_needs_a_whole_file(
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


def test_a_wrong_number_of_threads_is_named(
    terminal: Terminal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CODESTEER_THREADS", "two")
    status, _, err = terminal.run("models", "list")
    assert status == 2
    assert "CODESTEER_THREADS is 'two'" in err
