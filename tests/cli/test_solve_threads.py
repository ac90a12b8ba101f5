"""``codesteer solve --thread``: saved runs are shown again, followed up, and resumed after a kill."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.cli.test_solve import QUESTION, SOLVE, TEST, model
from tests.support.endpoint import Endpoint, serve
from tests.support.models import check, code
from tests.support.terminal import Terminal

pytestmark = pytest.mark.enable_socket
REFUTING = check("int(answer) >= 50", "too small")


@pytest.fixture
def checkpoint_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "folder" / "runs.sqlite"
    monkeypatch.setenv("CODESTEER_CHECKPOINTS", str(file))
    return file


def solve(terminal: Terminal, endpoint: Endpoint, *arguments: str, question: str = QUESTION) -> Any:
    status, out, err = terminal.run("solve", question, "--json", *model(endpoint), *arguments)
    return status, json.loads(out) if out else None, err


def test_a_finished_run_is_shown_again_without_model_calls(terminal: Terminal, checkpoint_file: Path) -> None:
    with serve(SOLVE, TEST) as endpoint:
        first = solve(terminal, endpoint, "--thread", "product")
        again = solve(terminal, endpoint, "--thread", "product")
    assert first[0] == again[0] == 0
    assert first[1] == again[1]
    assert len(endpoint.requests) == 2
    assert checkpoint_file.exists()


def test_another_question_on_the_thread_is_a_follow_up(terminal: Terminal, checkpoint_file: Path) -> None:
    with serve(SOLVE, TEST, SOLVE, TEST) as endpoint:
        solve(terminal, endpoint, "--thread", "product")
        _, result, _ = solve(terminal, endpoint, "--thread", "product", question="And 2 * 21, calculated?")
    assert [turn["number"] for turn in result["turns"]] == [1]
    asked, answered = (message["content"] for message in endpoint.requests[2]["messages"][:2])
    assert asked == QUESTION
    assert answered.startswith("<<<42>>>\n\nThis program computed it:")


def test_the_live_view_of_a_follow_up_shows_its_own_turns_only(
    terminal: Terminal, checkpoint_file: Path
) -> None:
    other = code("result = 2 * 4\nprint('<<<' + str(result) + '>>>')")
    with serve(SOLVE, TEST, other, check("int(answer) == 2 * 4", "product")) as endpoint:
        terminal.run("solve", QUESTION, "--thread", "product", *model(endpoint))
        _, out, _ = terminal.run("solve", "And 2 * 4, calculated?", "--thread", "product", *model(endpoint))
        _, again, _ = terminal.run("solve", "And 2 * 4, calculated?", "--thread", "product", *model(endpoint))
    for shown in (out, again):
        assert shown.count("turn 1 · code") == 1
        assert ("result = 2 * 4" in shown, "result = 6 * 7" in shown) == (True, False)


def test_a_failed_run_is_resumed_by_the_same_command(terminal: Terminal, checkpoint_file: Path) -> None:
    refusal: Any = (401, {"error": {"message": "key expired"}})
    with serve(refusal, SOLVE, TEST) as endpoint:
        broken = solve(terminal, endpoint, "--thread", "product")
        status, result, _ = solve(terminal, endpoint, "--thread", "product")
    assert broken[0] == 1
    assert "key expired" in broken[2]
    assert (status, result["answer"], len(result["turns"])) == (0, "42", 1)


def test_a_killed_run_is_resumed_without_repeating_turns(terminal: Terminal, checkpoint_file: Path) -> None:
    endless = code("while True: pass")
    with serve(SOLVE, REFUTING, endless) as endpoint:
        command = [sys.executable, "-c", "from codesteer.cli import main; main()", "solve", QUESTION]
        arguments = [*model(endpoint), "--thread", "product", "--checkpoints", str(checkpoint_file)]
        process = subprocess.Popen(
            [*command, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_for(lambda: len(endpoint.requests) == 3)
        time.sleep(0.5)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        endpoint.answers = [TEST]
        status, result, _ = solve(terminal, endpoint, "--thread", "product", "--max-seconds", "4")
    assert len(result["turns"]) == 2, "the second turn's endless program was rerun, not requested again"
    assert [turn["number"] for turn in result["turns"]] == [1, 2]
    assert (status, result["answer"], result["outcome"]) == (0, "42", "budget_spent")
    assert len(endpoint.requests) == 3


def wait_for(condition: Any, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "timed out"
        time.sleep(0.05)


def test_another_question_is_rejected_while_a_run_is_unfinished(
    terminal: Terminal, checkpoint_file: Path
) -> None:
    refusal: Any = (401, {"error": {"message": "key expired"}})
    with serve(refusal) as endpoint:
        solve(terminal, endpoint, "--thread", "product")
        status, _, err = solve(terminal, endpoint, "--thread", "product", question="What is 7 * 7?")
    assert status == 2
    assert "has an unfinished run of another question" in err
    assert QUESTION in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--checkpoints", "runs.sqlite"], "give --thread NAME"),
        (["--thread", " "], "is empty"),
        (
            ["--thread", "x", "--checkpoints", "text.txt"],
            "cannot save runs in text.txt (file is not a database)",
        ),
        (
            ["--thread", "x", "--checkpoints", "text.txt/runs"],
            "cannot save runs in text.txt/runs (File exists)",
        ),
    ],
)
def test_usage_errors_are_explained(
    terminal: Terminal, tmp_path: Path, arguments: list[str], message: str
) -> None:
    (tmp_path / "text.txt").write_text("no database " * 100)
    with serve(SOLVE) as endpoint:
        status, _, err = solve(terminal, endpoint, *arguments)
    assert status == 2
    assert message in err
    assert err.strip().count("\n") == 0
