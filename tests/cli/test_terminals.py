"""Terminals that are narrow, have no colours or no Unicode: everything is still readable."""

import json
import os
import subprocess
import sys

import pytest
from tests.support.endpoint import serve
from tests.support.models import code

pytestmark = pytest.mark.enable_socket
ASCII = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
PLAIN = {"COLUMNS": "40", "NO_COLOR": "1", "TERM": "dumb"}
ANSWER = "Zürich"


def codesteer(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    program = "from codesteer.cli import main; main()"
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, env=os.environ | ASCII | PLAIN, capture_output=True, check=False)


def test_a_run_is_shown_in_ascii() -> None:
    with serve(code(f"print('<<<{ANSWER}>>>')")) as endpoint:
        done = codesteer("solve", "Wo liegt das Großmünster?", "--task-model", f"{endpoint.url}#m")
        asked = str(endpoint.requests[0])
    assert done.returncode == 0, done.stderr
    assert b"answer Z?rich" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 40
    assert b"\x1b" not in done.stdout
    assert "Großmünster" in asked, "the question is read as UTF-8 whatever the locale says"


def test_json_loses_nothing() -> None:
    with serve(code(f"print('<<<{ANSWER}>>>')")) as endpoint:
        done = codesteer("solve", "--json", "Where?", "--task-model", f"{endpoint.url}#m")
    assert json.loads(done.stdout)["answer"] == ANSWER


@pytest.mark.parametrize("command", [("symbench", "list"), ("models", "list"), ("--help",)])
def test_tables_and_help(command: tuple[str, ...]) -> None:
    done = codesteer(*command)
    assert done.returncode == 0, done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 40


def test_a_question_that_is_no_text_is_refused() -> None:
    command: list[str | bytes] = [sys.executable, "-c", "from codesteer.cli import main; main()"]
    command += ["solve", b"\xff"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)
    assert b"the question is not valid UTF-8" in done.stderr


def test_a_conversation_is_read_as_utf8() -> None:
    with serve(code(f"print('<<<{ANSWER}>>>')")) as endpoint:
        command = [sys.executable, "-c", "from codesteer.cli import main; main()", "chat"]
        command += ["--task-model", f"{endpoint.url}#m"]
        typed = "Wo liegt das Großmünster?\n".encode() + b"\xff\n"
        done = subprocess.run(
            command, input=typed, env=os.environ | ASCII | PLAIN, capture_output=True, check=False
        )
        asked = str(endpoint.requests[0])
    assert "Großmünster" in asked
    assert b"answer Z?rich" in done.stdout
    assert b"not valid UTF-8" in done.stdout + done.stderr
