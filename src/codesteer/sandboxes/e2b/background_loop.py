"""Run an event loop in a thread, for objects that belong to one loop but are used from several."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class BackgroundLoop:
    """Runs coroutines in a dedicated event loop, which lives as long as the process."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="codesteer-e2b", daemon=True).start()

    async def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run a coroutine and await it from another event loop; cancelling the caller cancels it."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    def run_blocking(self, work: Coroutine[Any, Any, Result], timeout_seconds: float) -> Result:
        """Run a coroutine and block until it returns.

        Raises:
            TimeoutError: it did not return in time; it continues in the background.
        """
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout_seconds)
