"""The guest runner counts and kills every process, whatever its name and whichever of its threads is left."""

import subprocess
import sys

import pytest
from tests.support.processes import processes_with

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
