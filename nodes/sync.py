"""Run the asynchronous nodes for synchronous callers, in an event loop in a background thread."""

import asyncio
import contextvars
import os
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")
_thread = threading.local()
"""``runs_loop`` is set in threads that run one of our event loops."""


def run_blocking(function: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """Run an asynchronous function to completion in a background loop, with the caller's context variables.

    All synchronous calls share one loop, so that a model's open connections stay usable. The calling thread may itself
    run an event loop, as in notebooks. A call from the shared loop, for example by a user's guide that invokes another
    graph, gets a new loop to avoid a deadlock. Ctrl-C cancels the coroutine.
    """
    context = contextvars.copy_context()

    async def supervised() -> Result:
        return await asyncio.get_running_loop().create_task(function(), context=context)

    thread = _LoopThread() if getattr(_thread, "runs_loop", False) else _background_thread()
    future = asyncio.run_coroutine_threadsafe(supervised(), thread.loop)
    try:
        return future.result()
    except BaseException:
        future.cancel()
        raise
    finally:
        if thread not in _background_threads:
            thread.loop.call_soon_threadsafe(thread.loop.stop)


class _LoopThread(threading.Thread):
    """A thread that runs an event loop until the loop is stopped."""

    def __init__(self) -> None:
        super().__init__(name="codesteer-sync", daemon=True)
        self.loop = asyncio.new_event_loop()
        self._process = os.getpid()
        self.start()

    @property
    def serves(self) -> bool:
        """Whether the loop still runs: a fork of the process inherits the loop, but not its thread."""
        return self._process == os.getpid() and self.is_alive()

    def run(self) -> None:
        _thread.runs_loop = True
        while True:
            try:
                self.loop.run_forever()
            except (SystemExit, KeyboardInterrupt):
                continue  # a task raised it: its caller gets it, and the loop serves the others
            break
        self.loop.close()


_background_threads: list[_LoopThread] = []
"""The last one is in use. In a fork, those of the parent stay: to close their loops would disturb the parent."""


def _background_thread() -> _LoopThread:
    if not (_background_threads and _background_threads[-1].serves):
        _background_threads.append(_LoopThread())
    return _background_threads[-1]
