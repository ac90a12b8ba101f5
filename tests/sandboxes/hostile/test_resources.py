"""Programs that try to exhaust resources."""

import time

import pytest
from tests.sandboxes.hostile.conftest import Attack

from codesteer.sandboxes.execution import MEBIBYTE, ExecutionStatus, Limits

LOW_MEMORY = Limits(memory_bytes=300 * MEBIBYTE, wall_seconds=20)

FORK_BOMB = """
while True:
    try: os.fork()
    except OSError: pass
"""
FORK_COUNT = """
n = 0
try:
    for n in range(500):
        if os.fork() == 0:
            time.sleep(30)
            os._exit(0)
except OSError: pass
print(n)
"""
THREAD_BOMB = """
import threading
n = 0
try:
    for n in range(500): threading.Thread(target=time.sleep, args=(2,), daemon=True).start()
except RuntimeError: pass
print(n)
time.sleep(0.3)
"""
MANY_DESCRIPTORS = """
n = 0
try:
    files = []
    for n in range(5000): files.append(os.open("/dev/null", os.O_RDONLY))
except OSError: pass
print(n)
"""
SINGLE_ALLOCATION = "x = bytearray(3 << 30)"
MANY_ALLOCATIONS = """
x = []
while True: x.append(bytearray(b"x") * 5_000_000)
"""
MANY_PROCESSES = """
for _ in range(8):
    if os.fork() == 0: break
x = []
for _ in range(20):
    x.append(bytearray(b"x") * 5_000_000)
    time.sleep(0.02)
time.sleep(20)
"""
SHARED_MEMORY = """
import mmap
maps = []
for _ in range(40):
    maps.append(mmap.mmap(-1, 10_000_000))
    maps[-1].write(bytes(10_000_000))
    time.sleep(0.01)
time.sleep(20)
"""
HIDDEN_MEMORY = """
# Files in memory without a path count neither as scratch space nor as process memory.
attempt("memfd", lambda: os.memfd_create("x"))
attempt("unlinked shared memory", lambda: [os.posix_fallocate(os.open("x", os.O_CREAT | os.O_RDWR), 0, 1 << 32)])
"""
FLOOD = "chunk = b'x' * (1 << 20)\nwhile True: os.write(1, chunk)"
FLOOD_FROM_MANY_PROCESSES = """
for _ in range(4): os.fork()
chunk = b'x' * 65536
while True: os.write(2, chunk)
"""
BUSY_CHILDREN = """
for _ in range(2): os.fork()
while True: pass
"""


@pytest.mark.parametrize(
    ("program", "limits"),
    [(MANY_ALLOCATIONS, LOW_MEMORY), (MANY_PROCESSES, LOW_MEMORY)],
    ids=["many allocations", "many processes"],
)
async def test_memory_is_limited_in_total(attack: Attack, program: str, limits: Limits) -> None:
    result = await attack(program, limits)
    assert result.status is ExecutionStatus.MEMORY, result
    assert result.wall_seconds < 10


async def test_unaccounted_shared_memory_is_denied(attack: Attack) -> None:
    result = await attack(SHARED_MEMORY, LOW_MEMORY)
    assert result.status is ExecutionStatus.ERROR
    assert "PermissionError" in result.stderr


async def test_a_single_large_allocation_fails(attack: Attack) -> None:
    assert (await attack(SINGLE_ALLOCATION)).status is ExecutionStatus.MEMORY
    assert (await attack(HIDDEN_MEMORY)).status is ExecutionStatus.OK


async def test_a_fork_bomb_is_contained(attack: Attack) -> None:
    started = time.monotonic()
    result = await attack(FORK_BOMB, Limits(wall_seconds=2))
    assert result.status in (ExecutionStatus.TIMEOUT, ExecutionStatus.KILLED), result
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("program", [FORK_COUNT, THREAD_BOMB], ids=["processes", "threads"])
async def test_processes_and_threads_are_limited(attack: Attack, program: str) -> None:
    result = await attack(program, Limits(processes=20, wall_seconds=20))
    if result.status is ExecutionStatus.OK:
        assert int(result.stdout) == 19
    else:
        assert result.status is ExecutionStatus.KILLED  # the watchdog enforces the limit in restricted mode


async def test_descriptors_are_limited(attack: Attack) -> None:
    assert int((await attack(MANY_DESCRIPTORS)).stdout) < 256


@pytest.mark.parametrize("program", [FLOOD, FLOOD_FROM_MANY_PROCESSES], ids=["one process", "many processes"])
async def test_endless_output_is_truncated(attack: Attack, program: str) -> None:
    result = await attack(program)
    assert result.status is ExecutionStatus.OUTPUT_LIMIT
    assert len(result.stdout) + len(result.stderr) == MEBIBYTE
    assert result.wall_seconds < 5


async def test_cpu_time_is_limited_in_total(attack: Attack) -> None:
    result = await attack(BUSY_CHILDREN, Limits(cpu_seconds=1, wall_seconds=20))
    assert result.status is ExecutionStatus.TIMEOUT
    assert result.wall_seconds < 10
