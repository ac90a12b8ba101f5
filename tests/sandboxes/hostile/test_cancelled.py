"""Cancelled programs are killed, whenever their caller is cancelled."""

import asyncio
import random
import time

import pytest
from tests.sandboxes.hostile.conftest import LIMITS
from tests.support.processes import processes_with, wait_until

from codesteer.errors import SandboxError
from codesteer.sandboxes.port import Sandbox

DELAYS = (None, 0.0, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.008, 0.015, 0.03, 0.06, 0.12)
SLEEPER = "import os; os.execvp('sleep', ['sleep', MARK])"
ORPHAN = """
import os, signal
for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}: signal.signal(number, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0: os.execvp('sleep', ['sleep', MARK])
while True: pass
"""


async def start(sandbox: Sandbox, program: str, delay: float | None) -> tuple[str, asyncio.Task[object]]:
    """Start a program and wait; with None, not even one iteration of the event loop."""
    mark = str(random.randint(10**8, 10**9))
    task = asyncio.create_task(sandbox.run(f"MARK = {mark!r}\n{program}", LIMITS))
    if delay is not None:
        await asyncio.sleep(delay)
    return mark, task


@pytest.mark.parametrize("program", [SLEEPER, ORPHAN], ids=["sleeper", "orphan"])
async def test_a_cancelled_program_leaves_no_processes(sandbox: Sandbox, program: str) -> None:
    await sandbox.run("print('warm')")
    marks = []
    for delay in DELAYS:
        mark, task = await start(sandbox, program, delay)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        marks.append(mark)
        assert not processes_with(mark), delay
    await asyncio.sleep(0.3)
    assert not [mark for mark in marks if processes_with(mark)]


async def test_concurrent_cancellations_leave_no_processes(sandbox: Sandbox) -> None:
    started = [await start(sandbox, SLEEPER, random.choice(DELAYS)) for _ in range(20)]
    for _, task in started:
        task.cancel()
    assert all(
        isinstance(end, asyncio.CancelledError)
        for end in await asyncio.gather(*[t for _, t in started], return_exceptions=True)
    )
    await wait_until(lambda: not [mark for mark, _ in started if processes_with(mark)], seconds=1)
    assert (await sandbox.run("print('next')")).stdout == "next\n"


async def test_cancellation_does_not_affect_other_programs(sandbox: Sandbox) -> None:
    other = asyncio.create_task(sandbox.run("import time; time.sleep(0.5); print('done')"))
    await asyncio.sleep(0.1)
    for delay in DELAYS[:6]:
        _, task = await start(sandbox, SLEEPER, delay)
        task.cancel()
        await asyncio.wait([task])
    assert (await other).stdout == "done\n"


async def test_a_program_cancelled_while_waiting_is_never_started(sandbox: Sandbox) -> None:
    """Programs wait for a slot; one that is cancelled meanwhile, or whose sandbox stops, never starts."""
    busy = [asyncio.create_task(sandbox.run("import time; time.sleep(0.6)")) for _ in range(8)]
    await asyncio.sleep(0.1)
    mark, waiting = await start(sandbox, SLEEPER, 0.01)
    cancelled_at = time.monotonic()
    waiting.cancel()
    await asyncio.wait([waiting])
    assert time.monotonic() - cancelled_at < 0.5
    await sandbox.stop()
    ends = await asyncio.gather(*busy, return_exceptions=True)
    assert all(isinstance(end, SandboxError) for end in ends), ends
    assert not processes_with(mark)
