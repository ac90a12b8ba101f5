"""An event loop in a thread, for objects that are bound to a loop but used from many."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class BackgroundLoop:
    """Runs coroutines in an event loop of its own, which lives as long as the process."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="codesteer-e2b", daemon=True).start()

    async def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Wait for the work from any other event loop; cancelling the wait cancels the work."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    def run_blocking(self, work: Coroutine[Any, Any, Result], timeout_seconds: float) -> Result:
        """Wait for the work without an event loop.

        Raises:
            TimeoutError: it took too long; it goes on in the background.
        """
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout_seconds)

    def start(self, work: Coroutine[Any, Any, object]) -> None:
        """Have the work done without waiting for it."""
        asyncio.run_coroutine_threadsafe(work, self._loop)
