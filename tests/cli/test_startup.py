"""Short commands import no heavy library, and ``solve`` says what it waits for before it imports one."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import pytest

from codesteer.symbench import load_task, to_record

HEAVY = (
    "inspect_ai",
    "langchain",
    "langchain_core",
    "langgraph",
    "langsmith",
    "numpy",
    "openai",
    "pandas",
    "transformers",
)
REPORT = f"""
import sys
from codesteer.cli import main
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)
"""
WITHOUT_LANGGRAPH = "import sys; sys.modules['langgraph'] = None; from codesteer.cli import main; main()"
"""A program whose first import of LangGraph fails."""
LOADING = "loading LangGraph and the models"


@pytest.mark.parametrize(
    "command",
    [
        "--help",
        "--version",
        "solve --help",
        "replay --help",
        "models list",
        "symbench list",
        "symbench generate --task game24 --count 1",
        "sandbox check",
        "eval methods",
        "train --help",
    ],
)
def test_a_short_command_imports_nothing_heavy(command: str) -> None:
    assert _heavy_imports(*command.split()) == "[]"


def test_verifying_imports_nothing_heavy(tmp_path: Path) -> None:
    item = load_task("game24").generate(0, 1)
    samples, answers = tmp_path / "items.jsonl", tmp_path / "answers.jsonl"
    samples.write_text(json.dumps(to_record(item)))
    answers.write_text(json.dumps({"id": item.id, "answer": "1"}))
    options = ("--task", "game24", "--samples", str(samples), "--answers", str(answers))
    assert _heavy_imports("symbench", "verify", *options) == "[]"


@pytest.mark.parametrize("command", ["solve Why?", "replay primes --turn 1 --mode text"])
def test_a_terminal_shows_what_is_loaded_before_it_is_imported(command: str) -> None:
    shown = _run_in_terminal(*command.split()).splitlines()
    assert LOADING in shown[0]
    assert "langgraph" in shown[-1]


def test_json_output_is_not_preceded_by_a_loading_line() -> None:
    assert LOADING not in _run_in_terminal("solve", "Why?", "--json")


def test_a_pipe_gets_no_loading_line() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_LANGGRAPH, "solve", "Why?"], capture_output=True)
    assert done.stdout == b""


def _heavy_imports(*arguments: str) -> str:
    """Return the heavy modules that a command has imported when it ends."""
    command = [sys.executable, "-c", REPORT, *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stderr.splitlines()[-1]


def _run_in_terminal(*arguments: str) -> str:
    """Return what a command shows in a terminal until it imports LangGraph."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", WITHOUT_LANGGRAPH, *arguments]
    environment = os.environ | {"TERM": "xterm"}
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment):
        os.close(theirs)
        with open(ours, "rb", buffering=0) as terminal:
            return b"".join(_chunks(terminal)).decode()


def _chunks(terminal: IO[bytes]) -> Iterator[bytes]:
    with suppress(OSError):  # Linux reports the end of a terminal as an error
        while chunk := terminal.read(4096):
            yield chunk
