"""Resource usage is counted completely and only once, whatever the process tree looks like."""

import pytest
from tests.sandboxes.hostile.conftest import Attack

from codesteer.sandboxes.execution import MEBIBYTE, ExecutionStatus, Limits
from codesteer.sandboxes.local import supervisor
from codesteer.sandboxes.port import Sandbox

BUSY = """
def busy(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end: pass

readable, writable = os.pipe()
def await_all():
    # every process but this one holds the pipe open
    os.close(writable)
    os.read(readable, 1)
    time.sleep(0.1)
"""
DOUBLE_FORK = """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0: busy(0.6)
    os._exit(0)
await_all()
"""
SUCCESSIVE_ORPHANS = """
if os.fork() == 0:
    for _ in range(6):
        if os.fork() == 0:
            if os.fork() == 0: busy(0.1)
            os._exit(0)
        os.wait()
    os._exit(0)
await_all()
"""
IGNORED_CHILDREN = """
import signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for _ in range(3):
    if os.fork() == 0: busy(0.25); os._exit(0)
await_all()
"""
CHAIN = """
if os.fork() == 0:
    for _ in range(6):
        busy(0.1)
        if os.fork(): os._exit(0)
    os._exit(0)
await_all()
"""
PROCESS_CHAIN = """
if os.fork() == 0:
    while True:
        busy(0.1)
        if os.fork(): os._exit(0)
time.sleep(15)
"""
THREADS = """
import threading
threads = [threading.Thread(target=busy, args=(0.6,)) for _ in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
REAPED_CHILDREN = "for _ in range(3):\n    if os.fork() == 0: busy(0.2); os._exit(0)\n    os.wait()"
ATTACKS = {
    "double fork": DOUBLE_FORK,
    "successive orphans": SUCCESSIVE_ORPHANS,
    "ignored children": IGNORED_CHILDREN,
    "chain": CHAIN,
    "threads": THREADS,
    "reaped children": REAPED_CHILDREN,
}


@pytest.mark.parametrize("program", ATTACKS.values(), ids=ATTACKS)
async def test_cpu_time_is_counted(attack: Attack, program: str) -> None:
    result = await attack(BUSY + program)
    assert result.status is ExecutionStatus.OK, result
    # The CPU time of ignored children is only sampled.
    minimum = 0.3 if program == IGNORED_CHILDREN else 0.5
    assert minimum <= result.cpu_seconds <= 1.5, result


async def test_cpu_time_of_orphans_is_limited(attack: Attack) -> None:
    result = await attack(BUSY + PROCESS_CHAIN, Limits(cpu_seconds=0.8, wall_seconds=12))
    assert result.status is ExecutionStatus.TIMEOUT
    assert result.wall_seconds < 8


SHARED_BY_FORKS = """
block = bytearray(b"x") * (120 << 20)
for _ in range(6):
    if os.fork() == 0:
        sum(block[::4096])
        time.sleep(1)
        os._exit(0)
time.sleep(0.8)
"""
SHARED_BY_CHILDREN_THAT_EXIT = """
block = bytearray(b"x") * (120 << 20)
for _ in range(25):
    until = time.monotonic() + 0.05
    for _ in range(6):
        if os.fork() == 0:
            time.sleep(max(until - time.monotonic(), 0))
            os._exit(0)
    for _ in range(6): os.wait()
"""
SHARED_ARRAY = """
from multiprocessing import Process
import numpy
block = numpy.ones(120 << 17)
def look(): block.sum(); time.sleep(1)
processes = [Process(target=look) for _ in range(6)]
for process in processes: process.start()
for process in processes: process.join()
"""
VFORK = """
block = bytearray(b"x") * (120 << 20)
for _ in range(60): subprocess.run(["true"])
time.sleep(0.1)
"""


@pytest.mark.parametrize(
    "program",
    [SHARED_BY_FORKS, SHARED_BY_CHILDREN_THAT_EXIT, VFORK],
    ids=["forks", "children-that-exit", "vfork"],
)
async def test_shared_memory_counts_once(attack: Attack, program: str) -> None:
    result = await attack(program, Limits(memory_bytes=300 * MEBIBYTE, wall_seconds=20))
    assert result.status is ExecutionStatus.OK, result
    assert 110 * MEBIBYTE < result.peak_memory_bytes < 220 * MEBIBYTE


async def test_a_shared_array_counts_once(attack: Attack, sandbox: Sandbox) -> None:
    if sandbox.describe().kind == "landlock":
        return  # multiprocessing locks are unavailable
    result = await attack(SHARED_ARRAY, Limits(memory_bytes=400 * MEBIBYTE, wall_seconds=20))
    assert result.status is ExecutionStatus.OK, result
    assert result.peak_memory_bytes < 260 * MEBIBYTE


@pytest.mark.parametrize(
    "ending",
    ["while True: pass", "x = [bytearray(b'x') * (1 << 26) for _ in range(40)]"],
    ids=["time", "memory"],
)
async def test_killing_a_large_program_is_not_a_sandbox_failure(
    attack: Attack, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "_KILL_SECONDS", 0.001)  # simulates the slow exit of a very large program
    program = f"block = bytearray(b'x') * (600 << 20)\n{ending}"
    result = await attack(program, Limits(memory_bytes=1024 * MEBIBYTE, wall_seconds=2))
    assert result.status in (ExecutionStatus.TIMEOUT, ExecutionStatus.MEMORY), result
    assert (await attack("print('next')")).stdout == "next\n"
