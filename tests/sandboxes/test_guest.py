"""The guest runner kills every process and counts its memory; what programs do to it and to its report ends no run."""

import json
import subprocess
import sys
import time
from dataclasses import replace
from typing import Any

import pytest
from tests.support.processes import processes_with

from codesteer.errors import SandboxError
from codesteer.sandboxes.execution import MEBIBYTE, ExecutionResult, ExecutionStatus, Limits
from codesteer.sandboxes.guest.job import GuestJob

NAMED = "import ctypes, time\nctypes.CDLL(None).prctl(15, {name!r}, 0, 0, 0)\n"
SLEEP = "import subprocess\nsubprocess.run(['sleep', '{mark}'])"
EXITED_MAIN_THREAD = """
import ctypes, os, threading, time
def work():
    block = bytearray(b"x") * (150 << 20)
    time.sleep(5)
    os._exit(0)
threading.Thread(target=work).start()
ctypes.CDLL(None).syscall({"x86_64": 60, "aarch64": 93}[os.uname().machine], 0)
"""


def run(program: str, limits: Limits) -> ExecutionResult:
    job = GuestJob.create(program, limits)
    done = subprocess.run([sys.executable, "-c", job.code], capture_output=True, text=True, timeout=30)
    return job.parse_result(done.stdout, done.stderr)


@pytest.mark.parametrize("name", [b"\xff", "1234567890123é".encode(), b"a\nb", b") S 1 2 (", b"\x1c9 (x"])
def test_programs_of_any_name_are_killed(name: bytes) -> None:
    mark = f"61.{abs(hash(name)) % 10**9}"
    result = run(NAMED.format(name=name) + SLEEP.format(mark=mark), Limits(wall_seconds=0.6))
    assert result.status is ExecutionStatus.TIMEOUT
    assert not processes_with(mark)


@pytest.mark.parametrize("processes", [1, 2])
def test_memory_counts_after_the_main_thread_has_exited(processes: int) -> None:
    fork = "import os\nif os.fork(): os.wait(); os._exit(0)\n" * (processes - 1)
    result = run(fork + EXITED_MAIN_THREAD, Limits(memory_bytes=100 * MEBIBYTE, wall_seconds=4))
    assert result.status is ExecutionStatus.MEMORY


REPORT: dict[str, Any] = {
    "status": None,
    "exit_code": 0,
    "stdout_truncated": False,
    "stderr_truncated": False,
    "wall_seconds": 0.1,
    "cpu_seconds": 0,
    "peak_memory_bytes": 0,
}


def parsed(line: str) -> ExecutionResult:
    job = replace(GuestJob.create("", Limits()), created_at=time.monotonic() - 5)
    return job.parse_result(f"{job.marker}\nout\n{job.marker}{line}\n", "err")


@pytest.mark.parametrize(
    ("status", "exit_code", "expected"),
    [
        (None, 0, (ExecutionStatus.OK, 0)),
        (None, 3, (ExecutionStatus.ERROR, 3)),
        (None, -9, (ExecutionStatus.KILLED, -9)),
        ("timeout", -9, (ExecutionStatus.TIMEOUT, None)),
    ],
)
def test_a_report_is_read(status: str | None, exit_code: int, expected: object) -> None:
    result = parsed(json.dumps(REPORT | {"status": status, "exit_code": exit_code}))
    assert (result.status, result.exit_code) == expected
    assert (result.stdout, result.stderr, result.wall_seconds) == ("out", "err", 0.1)


def test_no_program_takes_longer_than_the_host_measures() -> None:
    assert 5 <= parsed(json.dumps(REPORT | {"wall_seconds": 1e15})).wall_seconds < 6


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{}",
        "[1]",
        "null",
        "not json",
        "\ud800",
        "[" * 100_000,
        '{"status": null, "exit_code": ',
        *(
            json.dumps(REPORT | change)
            for change in (
                {"status": "hacked"},
                {"status": 0},
                {"exit_code": "0"},
                {"exit_code": None},
                {"exit_code": True},
                {"exit_code": 10**30},
                {"stdout_truncated": "no"},
                {"wall_seconds": -1000},
                {"wall_seconds": float("nan")},
                {"wall_seconds": float("-inf")},
                {"cpu_seconds": float("inf")},
                {"cpu_seconds": 1e300},
                {"cpu_seconds": "1"},
                {"peak_memory_bytes": 10**30},
                {"peak_memory_bytes": 0.5},
                {"peak_memory_bytes": -1},
            )
        ),
    ],
)
def test_a_forged_report_is_none(line: str) -> None:
    result = parsed(line)
    assert (result.status, result.exit_code) == (ExecutionStatus.KILLED, None)
    assert (result.stdout, result.stderr) == ("out", "err")
    assert 5 <= result.wall_seconds < 6, "the time that it took counts"


@pytest.mark.parametrize("signal", ["SIGINT", "SIGTERM", "SIGKILL", "SIGUSR1", "SIGABRT"])
def test_a_program_that_ends_the_runner_counts_as_killed(signal: str) -> None:
    result = run(f"import os, signal, time; os.kill(os.getppid(), signal.{signal}); time.sleep(1)", Limits())
    assert (result.status, result.exit_code, result.stdout) == (ExecutionStatus.KILLED, None, "")


def test_a_runner_without_a_place_for_the_program_is_a_failure_of_the_sandbox() -> None:
    code = "import tempfile\ndef mkdtemp(): raise OSError('no space left')\ntempfile.mkdtemp = mkdtemp\n"
    job = GuestJob.create("print(1)", Limits())
    done = subprocess.run([sys.executable, "-c", code + job.code], capture_output=True, text=True)
    with pytest.raises(SandboxError, match=r"the sandbox returned no report: .*no space left"):
        job.parse_result(done.stdout, done.stderr)


@pytest.mark.parametrize(("stdout", "stderr"), [("", ""), ("", "python: not found"), ("\nout\n", "")])
def test_a_runner_that_did_not_start_is_a_failure_of_the_sandbox(stdout: str, stderr: str) -> None:
    with pytest.raises(SandboxError, match="the sandbox returned no report"):
        GuestJob.create("", Limits()).parse_result(stdout, stderr)


def test_no_output_holds_the_mark_of_the_report() -> None:
    job = GuestJob.create("", Limits())
    for status in (ExecutionStatus.TIMEOUT, ExecutionStatus.OUTPUT_LIMIT):
        result = job.result_without_report(status, f"{job.marker}\nout", "")
        assert (result.status, result.stdout) == (status, "out")
        assert result.stdout_truncated == (status is ExecutionStatus.OUTPUT_LIMIT)
