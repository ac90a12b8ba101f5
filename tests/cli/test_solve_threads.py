"""``codesteer solve --thread``: saved runs are shown again, followed up, and resumed after a kill."""

import inspect
import json
import os
import re
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

from codesteer.cli.solve import solve as solve_command
from codesteer.graph.context import Context

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


def test_a_finished_run_is_shown_as_what_it_was_whatever_is_given(
    terminal: Terminal, checkpoint_file: Path, tmp_path: Path
) -> None:
    with serve(SOLVE, TEST) as endpoint:
        _, first, _ = solve(terminal, endpoint, "--thread", "product", "--trace", "first.html")
        other = ("--task-model", f"{endpoint.url}#big", "--guide", f"{endpoint.url}#big", "--max-turns", "1")
        arguments = ("solve", QUESTION, "--thread", "product", *other, "--trace", "again.html")
        status, out, err = terminal.run(*arguments, "--json")
        _, _, shown_err = terminal.run(*arguments)
    assert (status, json.loads(out)) == (0, first)
    assert first["models"]["task"] == f"{endpoint.url}#m"
    assert len(endpoint.requests) == 2
    for text in (err, shown_err):
        (line,) = [line for line in text.splitlines() if "to ask again, give another --thread" in line]
        assert f"task_model {endpoint.url}#m instead of {endpoint.url}#big" in line
        assert f"guide rules instead of {endpoint.url}#big" in line
        assert "max_turns 5 instead of 1" in line
        assert "candidates" not in line, "only what is given counts"
    first_page, page = ((tmp_path / name).read_text() for name in ("first.html", "again.html"))
    assert "big" not in page
    assert without_date(page) == without_date(first_page)


def without_date(page: str) -> str:
    return re.sub(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?", "", page)


def test_a_finished_run_needs_none_of_its_settings_again(terminal: Terminal, checkpoint_file: Path) -> None:
    with serve(SOLVE, TEST) as endpoint:
        _, first, _ = solve(terminal, endpoint, "--thread", "product", "--max-turns", "3")
        _, out, err = terminal.run("solve", QUESTION, "--json", "--thread", "product", "--max-turns", "3")
    assert json.loads(out) == first
    assert "another --thread" not in err


def test_an_unfinished_run_keeps_the_settings_that_are_not_given_again(
    terminal: Terminal, checkpoint_file: Path
) -> None:
    refusal: Any = (401, {"error": {"message": "key expired"}})
    with serve(refusal, SOLVE, TEST) as endpoint:
        solve(terminal, endpoint, "--thread", "product", "--max-turns", "1")
        status, out, _ = terminal.run("solve", QUESTION, "--json", "--thread", "product", "--guide", "rules")
    result = json.loads(out)
    assert (status, result["answer"], result["models"]["task"]) == (0, "42", f"{endpoint.url}#m")


def test_options_and_settings_have_the_same_defaults() -> None:
    options = inspect.signature(solve_command).parameters
    names = options.keys() & Context.model_fields.keys() - {"review", "experience", "learn"}
    assert len(names) > 10
    for name in names:
        assert options[name].default == Context.model_fields[name].default


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
