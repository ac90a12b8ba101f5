"""``vote:tokens`` runs after its reference, with the reference's tokens on the same problem as its budget."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.evals.test_runner import PROGRAM, TASKS, command
from tests.support.endpoint import Reply, completion, serve

from codesteer.errors import ConfigurationError
from codesteer.evals.items import item_name, round_items
from codesteer.evals.plan import new_plan, save_plan
from codesteer.evals.references import in_stages, require_references, waiting_items
from codesteer.evals.results import RESULTS_FILE, Result, read_results, store_results
from codesteer.evals.selection import ItemSelection

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(300)]
REFERENCE, VOTE = "steer-no-answer-check:rules", "vote:tokens:steer-no-answer-check:rules"
BOTH = ("--methods", f"{VOTE},{REFERENCE}")
TOKENS = 25
"""What the endpoint reports for a request."""
SELECTION = ItemSelection(tasks=tuple(TASKS.split(",")))
PLAN = new_plan(methods=(VOTE, REFERENCE), model="m", selection=SELECTION, samples=2)
REFUSED = (400, {"error": {"message": "no such thing"}})


def by_method(folder: Path) -> Mapping[str, dict[str, Result]]:
    found: dict[str, dict[str, Result]] = {REFERENCE: {}, VOTE: {}}
    for result in read_results(folder):
        found[result.method][result.item] = result
    return found


def budgets(folder: Path) -> list[tuple[int, int]]:
    """Return tokens allowed and used, after checking that the reference used what is allowed."""
    results = by_method(folder)
    pairs = []
    for item, result in results[VOTE].items():
        reference = results[REFERENCE][item].run
        assert result.run is not None
        assert reference is not None
        assert result.run.tokens_allowed == reference.total.tokens
        pairs.append((result.run.tokens_allowed, result.run.total.tokens))
    return pairs


def number_multiply(request: dict[str, Any]) -> bool:
    return "product" in str(request["messages"]).lower() or "*" in str(request["messages"][0])


def test_the_reference_comes_first_and_sets_the_budget(tmp_path: Path) -> None:
    with serve(PROGRAM) as endpoint:
        done = command(endpoint.url, tmp_path, *BOTH)
        requests = len(endpoint.requests)
        again = command(endpoint.url, tmp_path, *BOTH)
        assert len(endpoint.requests) == requests, "a finished run asks nothing"
    assert (done.returncode, again.returncode) == (0, 0), done.stderr
    assert budgets(tmp_path) == [(2 * TOKENS, 2 * TOKENS)] * 2
    assert requests == 2 * 2 * 2


def test_a_program_that_costs_more_than_the_budget_is_the_only_one(tmp_path: Path) -> None:
    def reply(request: dict[str, Any]) -> Reply:
        """Let programs cost more once the reference, which takes two requests an item, is done."""
        answer = completion(PROGRAM)
        answer["usage"]["completion_tokens"] += 1000 if len(endpoint.requests) > 4 else 0
        return 200, answer

    with serve(reply) as endpoint:
        assert command(endpoint.url, tmp_path, *BOTH).returncode == 0
    assert budgets(tmp_path) == [(2 * TOKENS, TOKENS + 1000)] * 2


def test_an_item_without_a_reference_waits_for_it(tmp_path: Path) -> None:
    with serve(lambda request: REFUSED if number_multiply(request) else PROGRAM) as endpoint:
        failed = command(endpoint.url, tmp_path, *BOTH)
        assert failed.returncode == 1
        assert f"{VOTE} was not asked 1 items that {REFERENCE} has no result for" in failed.stderr
        assert [result.task for result in by_method(tmp_path)[VOTE].values()] == ["statistical_counting"]
        before = len(endpoint.requests)
        endpoint.answers = [PROGRAM]
        resumed = command(endpoint.url, tmp_path, *BOTH)
        assert resumed.returncode == 0, resumed.stderr
        assert len(endpoint.requests) == before + 4, "only the missing item is asked"
    assert budgets(tmp_path) == [(2 * TOKENS, 2 * TOKENS)] * 2


def test_the_reference_may_have_been_run_before(tmp_path: Path) -> None:
    with serve(PROGRAM) as endpoint:
        assert command(endpoint.url, tmp_path, "--methods", REFERENCE).returncode == 0
        assert command(endpoint.url, tmp_path, "--methods", VOTE).returncode == 0
        longer = command(endpoint.url, tmp_path, "--methods", VOTE, "--samples", "2")
    assert (longer.returncode, "was not asked 2 items" in longer.stderr) == (1, True)
    assert budgets(tmp_path) == [(2 * TOKENS, 2 * TOKENS)] * 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--methods", "vote:tokens"), "add steer:rules to --methods"),
        (("--methods", "vote:tokens,steer-no-checks:rules"), "add steer:rules to --methods"),
        (("--methods", "vote:tokens:text,code"), "add text to --methods"),
        (
            ("--methods", "vote:tokens,steer:rules", "--graph-url", "http://127.0.0.1:9"),
            "not the method 'vote:tokens'; remove the method or --graph-url",
        ),
    ],
)
def test_a_vote_without_its_reference_or_on_a_server_is_refused(
    options: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    with serve(PROGRAM) as endpoint:
        refused = command(endpoint.url, tmp_path / "new", *options)
    assert (refused.returncode, message in refused.stderr) == (2, True), refused.stderr
    assert not endpoint.requests
    assert not (tmp_path / "new").exists()


def test_inspect_alone_says_how_to_run_it(tmp_path: Path) -> None:
    with serve(PROGRAM) as endpoint:
        arguments = ["eval", "codesteer/symbench", "--model", f"codesteer/{endpoint.url}#m", "--log-dir"]
        arguments += [str(tmp_path), "-T", "method=vote:tokens", "-T", "tasks=letters", "--display", "plain"]
        program = "from inspect_ai._cli.main import main; main()"
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            cwd=tmp_path,  # in a checkout, Python would find the package's metadata twice
            capture_output=True,
            text=True,
            timeout=200,
        )
        assert not endpoint.requests
    assert "codesteer eval run --methods steer:rules,vote:tokens" in (done.stdout + done.stderr).replace(
        "\n", " "
    )


@pytest.mark.slow
def test_a_run_that_is_killed_again_and_again_resumes(tmp_path: Path) -> None:
    arguments = ["--model", "", "--out", str(tmp_path), "--tasks", TASKS, "--samples", "2", *BOTH]
    arguments += ["--concurrency", "2", "--candidates", "1"]
    program = "from codesteer.cli import main; main()"
    with serve(PROGRAM, delay=0.7) as endpoint:
        arguments[1] = f"{endpoint.url}#m"
        started = [sys.executable, "-c", program, "eval", "run", *arguments]
        for wanted in (3, 6, 11, 14):  # 8 requests are the reference's
            process = subprocess.Popen(started, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            while len(endpoint.requests) < wanted and process.poll() is None:
                time.sleep(0.05)
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=60)
        assert subprocess.run(started, capture_output=True, timeout=250).returncode == 0
    assert budgets(tmp_path) == [(2 * TOKENS, 2 * TOKENS)] * 4


class Crowded:
    """Answers one request at a time and refuses the others."""

    def __init__(self, status: int) -> None:
        self.status, self.place = status, threading.Lock()
        self.refused = 0

    def __call__(self, request: dict[str, Any]) -> Reply:
        if not self.place.acquire(blocking=False):
            self.refused += 1
            return self.status, {"error": {"message": "too many requests at once"}}
        try:
            time.sleep(0.3)
            return PROGRAM
        finally:
            self.place.release()


@pytest.mark.parametrize("status", [400, 429])
@pytest.mark.parametrize("method", ["vote:3", "mixture"])
def test_an_endpoint_that_refuses_a_wave_gets_fewer_requests(
    status: int, method: str, tmp_path: Path
) -> None:
    crowded = Crowded(status)
    options = ("--tasks", "letters", "--methods", method, "--concurrency", "3")
    with serve(crowded) as endpoint:
        done = command(endpoint.url, tmp_path, *options)
    assert done.returncode == 0, done.stderr
    (only,) = read_results(tmp_path)
    assert only.run is not None
    assert (len(only.run.turns), crowded.refused > 0) == (3, True)


def test_methods_without_a_reference_form_the_first_stage() -> None:
    assert in_stages((VOTE, "code", REFERENCE)) == [("code", REFERENCE), (VOTE,)]
    assert in_stages(("code",)) == [("code",)]
    assert in_stages(("vote:tokens",)) == [("vote:tokens",)]


def test_an_earlier_run_in_the_folder_counts_as_reference(tmp_path: Path) -> None:
    plan = replace(PLAN, methods=(VOTE,))
    with pytest.raises(ConfigurationError, match="add steer-no-answer-check:rules to --methods"):
        require_references(plan, tmp_path)
    save_plan(replace(PLAN, methods=(REFERENCE,)), tmp_path)
    require_references(plan, tmp_path)


def test_items_wait_until_the_reference_is_scored_on_them(tmp_path: Path) -> None:
    from tests.support.results import result

    save_plan(PLAN, tmp_path)
    items = [item for index in range(2) for item in round_items(SELECTION, index)]
    scored = [replace(result(REFERENCE, solved=False), item=item_name(item)) for item in items]
    store_results([*scored[:2], replace(scored[2], strict="error")], tmp_path / RESULTS_FILE)
    (waiting,) = waiting_items(PLAN, tmp_path)
    assert (waiting.method, waiting.reference, waiting.items) == (VOTE, REFERENCE, 2)
    store_results(scored, tmp_path / RESULTS_FILE)
    assert waiting_items(PLAN, tmp_path) == []
