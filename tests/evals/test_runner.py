"""Comparisons run by Inspect against a loopback endpoint: resumed, retried, with failures reported."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.endpoint import Answer, serve
from tests.support.models import code

from codesteer.evals.results import Result, read_results
from codesteer.files import lock_folder

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(300)]
PROGRAM = code("print('<<<42>>>')")


TASKS = "number_multiply,statistical_counting"


def command(
    url: str, folder: Path, *options: str, flags: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Run ``codesteer eval run`` in a process of its own, as users do."""
    defaults = {
        "--methods": "code",
        "--tasks": TASKS,
        "--samples": "1",
        "--concurrency": "4",
        "--candidates": "1",
    }
    given = dict(zip(options[::2], options[1::2], strict=True))
    values = {**defaults, "--model": f"{url}#m", "--out": str(folder), **given}
    arguments = [*(part for pair in values.items() for part in pair), *flags]
    program = "from codesteer.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, "eval", "run", *arguments],
        capture_output=True,
        text=True,
        timeout=250,
    )


def run(folder: Path, *answers: Answer, options: tuple[str, ...] = ()) -> list[Result]:
    with serve(*answers) as endpoint:
        done = command(endpoint.url, folder, *options)
    assert "Traceback" not in done.stderr, done.stderr
    return read_results(folder)


def test_a_run_stores_outcomes_records_and_transcripts(tmp_path: Path) -> None:
    results = run(tmp_path, PROGRAM, options=("--methods", "code,steer-no-answer-check:rules"))
    assert {(r.method, r.task) for r in results} == {
        (method, task) for method in ("code", "steer-no-answer-check:rules") for task in TASKS.split(",")
    }
    one = next(r for r in results if (r.method, r.task) == ("code", "number_multiply"))
    assert (one.strict, one.published, one.turns_right) == ("wrong", "wrong", (False,))
    assert one.run is not None
    assert (one.run.outcome, one.run.answer) == ("returned", "42")
    assert (one.run.total.input_tokens, one.run.total.cached_tokens, one.run.total.output_tokens) == (
        20,
        8,
        5,
    )
    assert one.run.sandbox_seconds > 0
    assert "42" in one.transcript[-1].text


def test_a_finished_run_makes_no_new_requests(tmp_path: Path) -> None:
    with serve(PROGRAM) as endpoint:
        assert command(endpoint.url, tmp_path).returncode == 0
        assert command(endpoint.url, tmp_path).returncode == 0
        assert len(endpoint.requests) == 2
        assert command(endpoint.url, tmp_path, "--samples", "2").returncode == 0
        assert len(endpoint.requests) == 4
        other = command(endpoint.url, tmp_path, "--seed", "9")
    assert (other.returncode, "holds another run" in other.stderr) == (2, True)
    assert len(read_results(tmp_path)) == 4


def test_a_run_says_in_few_lines_how_far_it_is_and_what_is_next(tmp_path: Path) -> None:
    folder = tmp_path / "my results"
    with serve(PROGRAM) as endpoint:
        first = command(endpoint.url, folder)
        second = command(endpoint.url, folder, "--samples", "2")
        fewer = command(endpoint.url, folder, "--samples", "1")
    assert first.stderr.splitlines() == ["0 of 2 problems", "2 of 2 problems"]
    assert second.stderr.splitlines() == ["2 of 4 problems", "4 of 4 problems"]
    assert [re.findall(r"code +│ (\d+) +│ (\d+)", done.stdout) for done in (first, second, fewer)] == [
        [("2", "2")],
        [("4", "4")],
        [("2", "2")],
    ]
    assert len(first.stdout.splitlines()) < 12
    assert "pass@k" in first.stdout
    assert first.stdout.splitlines()[-1] == f"next: codesteer eval report '{folder}'"


def test_a_budget_waits_for_nothing_where_the_first_item_is_not_the_first(tmp_path: Path) -> None:
    methods = "steer-no-checks:rules,vote:tokens:steer-no-checks:rules"
    with serve(PROGRAM) as endpoint:
        done = command(endpoint.url, tmp_path, "--methods", methods, "--first", "2", "--max-turns", "2")
    assert (done.returncode, "was not asked" in done.stderr) == (0, False), done.stderr
    assert len(read_results(tmp_path)) == 4


def test_a_second_command_on_one_folder_is_refused(tmp_path: Path) -> None:
    with serve(PROGRAM) as endpoint, lock_folder(tmp_path):
        second = command(endpoint.url, tmp_path)
        assert endpoint.requests == []
    assert (second.returncode, "another command is writing" in second.stderr) == (2, True)


def test_rate_limits_and_server_errors_are_retried(tmp_path: Path) -> None:
    busy = (429, {"error": {"message": "slow down"}})
    broken = (503, {"error": {"message": "overloaded"}})
    results = run(tmp_path, busy, broken, PROGRAM, options=("--tasks", "number_multiply"))
    assert [r.strict for r in results] == ["wrong"]


def test_empty_replies_are_missing_answers_not_errors(tmp_path: Path) -> None:
    results = run(tmp_path, "", options=("--methods", "question,code,codeact"))
    assert {r.strict for r in results} == {"missing"}
    assert len(results) == 6


def test_errors_are_not_scored_and_the_next_run_retries_them(tmp_path: Path) -> None:
    refused = (400, {"error": {"message": "no such thing"}})
    with serve(refused) as endpoint:
        failed = command(endpoint.url, tmp_path)
        assert failed.returncode == 1
        assert "run the command again to resume" in failed.stderr
        assert re.findall(r"\d+ of \d+ problems", failed.stderr) == ["0 of 2 problems"]
        errors = read_results(tmp_path)
        assert [(r.strict, r.scored, "no such thing" in r.error) for r in errors] == [
            ("error", False, True)
        ] * 2
        endpoint.answers = [PROGRAM]
        again = command(endpoint.url, tmp_path)
    assert (again.returncode, again.stderr.splitlines()) == (0, ["0 of 2 problems", "2 of 2 problems"])
    assert [r.strict for r in read_results(tmp_path)] == ["wrong", "wrong"]


def test_an_overflowing_context_has_its_own_outcome(tmp_path: Path) -> None:
    message = "This model's maximum context length is 100 tokens, however you requested 200"
    overflow = (400, {"error": {"message": message, "code": "context_length_exceeded"}})
    results = run(tmp_path, overflow, options=("--tasks", "letters"))
    assert [r.run.outcome if r.run else None for r in results] == ["context_overflow"]
    assert results[0].strict != "correct"


def test_a_guide_model_is_asked_through_inspect_too(tmp_path: Path) -> None:
    decision = json.dumps({"action": "code", "guidance": "", "reason": "r"})
    stop = json.dumps({"action": "return", "guidance": "", "reason": "r"})
    with serve(decision, PROGRAM, stop) as endpoint:
        method = f"steer-no-answer-check:{endpoint.url}#m"
        assert command(endpoint.url, tmp_path, "--methods", method, "--tasks", "letters").returncode == 0
    (only,) = read_results(tmp_path)
    assert only.run is not None
    assert {role: used.calls for role, used in only.run.usage.items()} == {"guide": 2, "task": 1}
    assert not any(turn.fallback for turn in only.run.turns)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--methods", "nonsense"), "unknown method 'nonsense'"),
        (("--tasks", "nonsense"), "unknown task 'nonsense'"),
        (("--model", "nonsense"), "the model 'nonsense' cannot be used"),
        (("--model", "openai:gpt-4o"), "OPENAI_API_KEY"),
        (("--sandbox", "nonsense"), "sandbox"),
        (("--split", "nonsense"), "unknown split 'nonsense'"),
    ],
)
def test_problems_are_reported_before_the_first_call(
    options: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with serve(PROGRAM) as endpoint:
        refused = command(endpoint.url, tmp_path / "new", *options)
    assert refused.returncode == 2, refused.stderr
    assert message in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
    assert not endpoint.requests
    assert not (tmp_path / "new").exists()
