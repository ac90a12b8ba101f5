"""What programs use is counted once, and wholly, however their processes are related."""

import pytest
from tests.sandboxes.hostile.conftest import Attack

from codesteer.sandboxes.execution import MEBIBYTE, ExecutionStatus, Limits
from codesteer.sandboxes.local import supervision
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
ORPHANS_ONE_AFTER_ANOTHER = """
if os.fork() == 0:
    for _ in range(6):
        if os.fork() == 0:
            if os.fork() == 0: busy(0.1)
            os._exit(0)
        os.wait()
    os._exit(0)
await_all()
"""
NOBODY_WAITS = """
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
COMET = """
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
WAITED_FOR = "for _ in range(3):\n    if os.fork() == 0: busy(0.2); os._exit(0)\n    os.wait()"
ATTACKS = {
    "double fork": DOUBLE_FORK,
    "orphans": ORPHANS_ONE_AFTER_ANOTHER,
    "nobody waits": NOBODY_WAITS,
    "chain": CHAIN,
    "threads": THREADS,
    "waited for": WAITED_FOR,
}


@pytest.mark.parametrize("program", ATTACKS.values(), ids=ATTACKS)
async def test_processor_time_is_counted(attack: Attack, program: str) -> None:
    result = await attack(BUSY + program)
    assert result.status is ExecutionStatus.OK, result
    # What nobody waits for is known as it was last seen.
    least = 0.3 if program == NOBODY_WAITS else 0.5
    assert least <= result.cpu_seconds <= 1.5, result


async def test_processor_time_of_orphans_is_limited(attack: Attack) -> None:
    result = await attack(BUSY + COMET, Limits(cpu_seconds=0.8, wall_seconds=12))
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


@pytest.mark.parametrize("program", [SHARED_BY_FORKS, VFORK], ids=["forks", "vfork"])
async def test_shared_memory_counts_once(attack: Attack, program: str) -> None:
    result = await attack(program, Limits(memory_bytes=300 * MEBIBYTE, wall_seconds=20))
    assert result.status is ExecutionStatus.OK, result
    assert 110 * MEBIBYTE < result.peak_memory_bytes < 220 * MEBIBYTE


async def test_a_shared_array_counts_once(attack: Attack, sandbox: Sandbox) -> None:
    if sandbox.describe().kind == "landlock":
        return  # its multiprocessing has no locks
    result = await attack(SHARED_ARRAY, Limits(memory_bytes=400 * MEBIBYTE, wall_seconds=20))
    assert result.status is ExecutionStatus.OK, result
    assert result.peak_memory_bytes < 260 * MEBIBYTE


@pytest.mark.parametrize(
    "ending",
    ["while True: pass", "x = [bytearray(b'x') * (1 << 26) for _ in range(40)]"],
    ids=["time", "memory"],
)
async def test_a_large_program_that_is_killed_is_no_failure_of_the_sandbox(
    attack: Attack, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "_KILL_SECONDS", 0.001)  # instead of very much memory
    program = f"block = bytearray(b'x') * (600 << 20)\n{ending}"
    result = await attack(program, Limits(memory_bytes=1024 * MEBIBYTE, wall_seconds=2))
    assert result.status in (ExecutionStatus.TIMEOUT, ExecutionStatus.MEMORY), result
    assert (await attack("print('next')")).stdout == "next\n"
