"""Runs with experience against a loopback endpoint: recalled at no cost, learnt in a stream, resumed after a kill."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.evals.test_runner import command
from tests.support.endpoint import Endpoint, Reply, serve
from tests.support.stores import METHOD, REPLIES, digest, fill_store, items

from codesteer.evals.engine.joined_logs import joined_log
from codesteer.evals.results import Result, read_results
from codesteer.evals.stores import stream_store

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(300)]
QUESTIONS = 12
OPTIONS = ("--tasks", "letters", "--level", "1", "--methods", METHOD)


def two_programs(request: dict[str, Any]) -> Reply:
    """Write one program greedily and another one sampled; they agree."""
    return REPLIES[bool(request.get("seed"))]


def stream(url: str, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return command(
        url,
        folder,
        *OPTIONS,
        "--samples",
        str(QUESTIONS),
        "--split",
        "dev",
        "--candidates",
        "2",
        "--concurrency",
        "1",
        *options,
        flags=("--stream",),
    )


def in_order(folder: Path) -> list[Result]:
    return sorted(read_results(folder), key=lambda result: result.place or 0)


def place_of(request: dict[str, Any], results: list[Result]) -> int:
    """Return the place of the question that a request asks; a worked example after it is another one."""
    asked = str(request["messages"][0]["content"])
    named = [result for result in results if result.transcript[0].text in asked]
    return min(named, key=lambda result: asked.index(result.transcript[0].text)).place or 0


def test_a_remembered_program_answers_at_no_cost_and_the_store_stays_as_it_is(tmp_path: Path) -> None:
    store = fill_store(tmp_path / "store.sqlite", *items(6))
    before = store.read_bytes()
    with serve(REPLIES[0]) as endpoint:
        done = command(endpoint.url, tmp_path / "run", *OPTIONS, "--experience", str(store))
        assert not endpoint.requests
        fill_store(tmp_path / "other.sqlite", *items(5))
        other = command(
            endpoint.url, tmp_path / "run", *OPTIONS, "--experience", str(tmp_path / "other.sqlite")
        )
    assert done.returncode == 0, done.stderr
    (only,) = read_results(tmp_path / "run")
    assert only.run is not None
    assert (only.strict, only.run.total.tokens, len(only.run.turns)) == ("correct", 0, 1)
    assert only.run.turns[0].recalled
    assert store.read_bytes() == before
    assert (other.returncode, "holds another run (experience" in other.stderr) == (2, True)


def test_a_leaking_store_is_refused_before_the_first_call(tmp_path: Path) -> None:
    store = fill_store(tmp_path / "store.sqlite", *items(2), *items(1, "test"))
    with serve(REPLIES[0]) as endpoint:
        refused = command(endpoint.url, tmp_path / "run", *OPTIONS, "--experience", str(store))
        assert not endpoint.requests
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert f"knows 1 of the questions, the first is {items(1, 'test')[0].id}" in refused.stderr
    assert not (tmp_path / "run").exists()


def test_a_stream_learns_without_labels_and_counts_wrong_records(tmp_path: Path) -> None:
    with serve(two_programs) as endpoint:
        done = stream(endpoint.url, tmp_path)
        requests = len(endpoint.requests)
        again = stream(endpoint.url, tmp_path)
        assert len(endpoint.requests) == requests, "a finished stream asks nothing"
    assert (done.returncode, again.returncode) == (0, 0), done.stderr
    results = in_order(tmp_path)
    assert [result.place for result in results] == list(range(1, QUESTIONS + 1))
    tokens = [result.run.total.tokens for result in results if result.run]
    assert tokens[0] > 0
    assert 0 in tokens[4:], "a trusted program answers alone"
    assert requests < 2 * QUESTIONS
    places = [place_of(request, results) for request in endpoint.requests]
    assert places == sorted(places), "one question after another"
    assert len(set(places)) == len([used for used in tokens if used])
    assert f"{METHOD}: records learnt: 1; wrong: 0 (0 %)" in done.stdout


def test_several_questions_of_a_stream_may_be_under_way(tmp_path: Path) -> None:
    with serve(two_programs, delay=1.0) as endpoint:
        done = stream(endpoint.url, tmp_path, "--concurrency", "4")
        other = stream(endpoint.url, tmp_path, "--concurrency", "2")
    assert (done.returncode, other.returncode) == (0, 2), done.stderr
    assert "holds another run (concurrency 4, now 2)" in other.stderr
    results = in_order(tmp_path)
    assert {result.strict for result in results} == {"correct"}
    assert {place_of(request, results) for request in endpoint.requests[:4]} <= {1, 2, 3, 4}
    assert len({place_of(request, results) for request in endpoint.requests[:4]}) > 1
    assert "wrong: 0 (0 %)" in done.stdout


def test_a_stream_begins_with_a_copy_of_a_store(tmp_path: Path) -> None:
    store = fill_store(tmp_path / "store.sqlite", *items(6))
    before = digest(store)
    with serve(two_programs) as endpoint:
        done = stream(endpoint.url, tmp_path / "run", "--experience", str(store), "--samples", "2")
        assert not endpoint.requests
        again = stream(endpoint.url, tmp_path / "run", "--experience", str(store), "--samples", "2")
    assert (done.returncode, again.returncode) == (0, 0), done.stderr
    assert digest(store) == before
    assert digest(stream_store(tmp_path / "run", METHOD)) != before


def test_a_stream_that_lost_its_log_begins_anew(tmp_path: Path) -> None:
    with serve(two_programs) as endpoint:
        assert stream(endpoint.url, tmp_path).returncode == 0
        first, log = len(endpoint.requests), joined_log(tmp_path, METHOD)
        log.write_bytes(log.read_bytes()[:-30])
        done = stream(endpoint.url, tmp_path)
        assert (done.returncode, done.stderr.count("begins anew")) == (0, 1), done.stderr
        assert len(endpoint.requests) == 2 * first, "no question was answered from what it had taught"
        assert stream(endpoint.url, tmp_path).returncode == 0
        assert len(endpoint.requests) == 2 * first
    assert [result.place for result in in_order(tmp_path)] == list(range(1, QUESTIONS + 1))


@pytest.mark.slow
def test_a_stream_that_is_killed_resumes_in_order(tmp_path: Path) -> None:
    arguments = [*OPTIONS, "--samples", str(QUESTIONS), "--split", "dev", "--stream", "--out", str(tmp_path)]
    program = "from codesteer.cli import main; main()"
    with serve(two_programs, delay=0.5) as endpoint:
        started = [sys.executable, "-c", program, "eval", "run", "--model", f"{endpoint.url}#m", *arguments]
        for wanted in (3, 5):
            kill_after(endpoint, wanted, started)
        interrupted = read_results(tmp_path, skip_unreadable=True)
        answered = {result.place for result in interrupted if result.scored}
        assert 1 <= len(answered) < QUESTIONS
        before = len(endpoint.requests)
        assert subprocess.run(started, capture_output=True, timeout=250).returncode == 0
        later = endpoint.requests[before:]
    results = in_order(tmp_path)
    assert [result.place for result in results] == list(range(1, QUESTIONS + 1))
    assert {result.strict for result in results} == {"correct"}
    asked = {place_of(request, results) for request in later}
    assert not asked & answered


def kill_after(endpoint: Endpoint, wanted: int, command: list[str]) -> None:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while len(endpoint.requests) < wanted and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=60)
