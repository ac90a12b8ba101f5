"""A comparison on a server resumes after either side was killed, with the results of an undisturbed one."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.evals.test_interrupted import figures, most_calls, wait_for_a_call
from tests.evals.test_served import answer
from tests.support.dev_server import dev_server, free_port
from tests.support.endpoint import serve

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket, pytest.mark.timeout(400)]
PROBLEMS = 4
KILLS = 2


def started(model: str, server: str, folder: Path) -> subprocess.Popen[bytes]:
    arguments = [
        "--methods",
        "steer-no-checks:rules",
        "--tasks",
        "statistical_counting,letters,game24,pooling",
    ]
    arguments += ["--samples", "1", "--model", model, "--graph-url", server, "--out", str(folder)]
    program = "from codesteer.cli import main; main()"
    command = [sys.executable, "-c", program, "eval", "run", *arguments]
    with (folder.parent / "said").open("a") as said:
        return subprocess.Popen(command, stdout=said, stderr=said)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_the_evaluation_is_killed(how: signal.Signals, tmp_path: Path) -> None:
    with dev_server(tmp_path) as server, serve(answer) as endpoint:
        model = f"{endpoint.url}#m"
        assert started(model, server, tmp_path / "whole").wait(timeout=100) == 0
        undisturbed, calls = figures(tmp_path / "whole"), len(endpoint.requests)
        assert len(undisturbed) == PROBLEMS
        endpoint.delay = 1.0
        for _ in range(KILLS):
            process = started(model, server, tmp_path / "killed")
            wait_for_a_call(endpoint.requests, process)
            wait_for_a_call(endpoint.requests, process)
            process.send_signal(how)
            process.wait(timeout=60)
        last = started(model, server, tmp_path / "killed")
        assert last.wait(timeout=100) == 0
        asked = len(endpoint.requests) - calls
    assert figures(tmp_path / "killed") == undisturbed
    asked_again = KILLS * most_calls(tmp_path / "whole")
    assert asked <= calls + asked_again, "only the problem under way is asked again"


def test_the_server_is_killed(tmp_path: Path) -> None:
    port = free_port()
    with serve(answer, delay=1.0) as endpoint:
        with dev_server(tmp_path, port=port) as server:
            process = started(f"{endpoint.url}#m", server, tmp_path / "run")
            wait_for_a_call(endpoint.requests, process)
        with dev_server(tmp_path, port=port):
            assert process.wait(timeout=200) == 0, (tmp_path / "said").read_text()
    assert len(figures(tmp_path / "run")) == PROBLEMS
