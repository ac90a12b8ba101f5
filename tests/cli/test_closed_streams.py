"""Commands that a daemon starts with closed standard streams: no traceback, and no lost run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.endpoint import serve
from tests.support.models import code

pytestmark = pytest.mark.enable_socket
MODEL = ("--task-model", "http://127.0.0.1:1/v1#m")
PROGRAM = "from codesteer.cli import main; main()"


def codesteer(closed: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", PROGRAM, *arguments]
    return subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {closed}', "sh", *command],
        capture_output=True,
        check=False,
        env=os.environ | {"COLUMNS": "200"},
    )


def test_a_question_from_closed_standard_input_is_empty() -> None:
    for arguments in (("solve",), ("solve", "-")):
        done = codesteer("<&-", *arguments, *MODEL)
        assert done.returncode == 2
        assert done.stderr.startswith(b"codesteer: the question is empty"), done.stderr


def test_a_conversation_ends_at_once() -> None:
    done = codesteer("<&-", "chat", *MODEL)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_run_ends_and_is_saved(tmp_path: Path, closed: str) -> None:
    trace, saved = tmp_path / "run.html", tmp_path / "runs.sqlite"
    options = ("--trace", str(trace), "--thread", "t", "--checkpoints", str(saved), "--no-check-answer")
    with serve(code("print('<<<45>>>')"), code("print('<<<45>>>')")) as endpoint:
        model = ("--task-model", f"{endpoint.url}#m")
        done = codesteer(closed, "solve", "--json", "Sum of the numbers below 10?", *model, *options)
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stdout + done.stderr
    assert "45" in trace.read_text(encoding="utf-8")
    assert saved.read_bytes().startswith(b"SQLite format 3")
    assert (b'"answer": "45"' in done.stdout) == (">&-" not in closed.replace("2>&-", ""))


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(
    ("arguments", "status"), [(("models", "list"), 0), (("nonsense",), 2), (("models", "pull", "gpt-9"), 2)]
)
def test_other_commands_have_their_status(closed: str, arguments: tuple[str, ...], status: int) -> None:
    done = codesteer(closed, *arguments)
    assert done.returncode == status
    assert b"Traceback" not in done.stdout + done.stderr
