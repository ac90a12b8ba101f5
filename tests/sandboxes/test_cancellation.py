import asyncio
import select
import threading
import time

import pytest

from codesteer.sandboxes.cancellation import Cancellation, run_cancellable


async def test_results_and_errors_reach_the_caller() -> None:
    assert await run_cancellable(lambda _: 42) == 42
    with pytest.raises(ZeroDivisionError):
        await run_cancellable(lambda _: 1 // 0)


async def test_a_cancelled_caller_waits_for_the_work_to_stop() -> None:
    stopped = threading.Event()

    def work(cancellation: Cancellation) -> None:
        select.select([cancellation], [], [])
        time.sleep(0.05)
        stopped.set()

    task = asyncio.create_task(run_cancellable(work))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert stopped.is_set()


def test_a_request_after_the_end_does_nothing() -> None:
    with Cancellation() as cancellation:
        pass
    cancellation.request()


def test_work_survives_its_event_loop() -> None:
    release, done = threading.Event(), threading.Event()

    def work(_: Cancellation) -> None:
        release.wait(5)
        done.set()

    async def abandon() -> None:
        task = asyncio.create_task(run_cancellable(work))
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()

    asyncio.run(abandon())
    release.set()
    assert done.wait(5)
