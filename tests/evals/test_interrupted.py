"""A comparison that is killed repeatedly ends with the results of an undisturbed one."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.support.endpoint import serve
from tests.support.models import code

from codesteer.evals.results import read_results

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]
KILLS = 5
UNDER_WAY = 2
PROBLEMS = 4 * 2 * 2


def started(url: str, folder: Path) -> subprocess.Popen[bytes]:
    arguments = ["--methods", "code,steer-no-answer-check:rules", "--samples", "2"]
    arguments += ["--concurrency", str(UNDER_WAY), "--tasks", "number_multiply,letters,game24,pooling"]
    arguments += ["--model", f"{url}#m", "--out", str(folder)]
    program = "from codesteer.cli import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", program, "eval", "run", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def most_calls(folder: Path) -> int:
    """The calls of the problem that took most."""
    runs = [result.run for result in read_results(folder) if result.run]
    return max(sum(usage.calls for usage in run.usage.values()) for run in runs)


def figures(folder: Path) -> list[tuple[str, str, str, str]]:
    results = read_results(folder)
    assert all(result.run is not None for result in results)
    return sorted((r.method, r.item, r.strict, r.run.answer if r.run else "") for r in results)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_nothing_done_is_lost_and_nothing_is_scored_twice(how: signal.Signals, tmp_path: Path) -> None:
    dice = random.Random(4)
    with serve(code("print('<<<42>>>')"), delay=1.5) as endpoint:
        assert started(endpoint.url, tmp_path / "whole").wait(timeout=300) == 0
        undisturbed, calls = figures(tmp_path / "whole"), len(endpoint.requests)
        assert len(undisturbed) == PROBLEMS
        for _ in range(KILLS):
            process = started(endpoint.url, tmp_path / "killed")
            wait_for_a_call(endpoint.requests, process)
            time.sleep(dice.uniform(0.5, 5))
            process.send_signal(how)
            process.wait(timeout=60)
        assert started(endpoint.url, tmp_path / "killed").wait(timeout=300) == 0
        asked = len(endpoint.requests) - calls
    assert figures(tmp_path / "killed") == undisturbed
    asked_again = KILLS * UNDER_WAY * most_calls(tmp_path / "whole")
    assert calls <= asked <= calls + asked_again, "only problems under way are asked again"


def wait_for_a_call(requests: list[dict[str, object]], process: subprocess.Popen[bytes]) -> None:
    """Wait until the run asks its first question, or has nothing left to ask."""
    before = len(requests)
    while len(requests) == before and process.poll() is None:
        time.sleep(0.05)
