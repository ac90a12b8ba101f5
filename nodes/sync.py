"""Serving synchronous callers: one event loop in the background runs the asynchronous nodes for them."""

import asyncio
import contextvars
import threading
from collections.abc import Callable, Coroutine
from functools import lru_cache
from typing import Any, TypeVar

Result = TypeVar("Result")


def run_blocking(work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """Run a coroutine to its end in the background loop, with the caller's context variables.

    All synchronous calls share one loop, so that connections a model keeps open stay usable. Works also where
    the calling thread has a running loop, as in notebooks. Ctrl-C cancels the coroutine.
    """
    loop, context = _background_loop(), contextvars.copy_context()

    async def supervised() -> Result:
        return await asyncio.get_running_loop().create_task(work(), context=context)

    future = asyncio.run_coroutine_threadsafe(supervised(), loop)
    try:
        return future.result()
    except BaseException:
        future.cancel()
        raise


@lru_cache(maxsize=1)
def _background_loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="codesteer-sync", daemon=True).start()
    return loop
