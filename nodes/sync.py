"""Serving synchronous callers: one event loop in the background runs the asynchronous nodes for them."""

import asyncio
import contextvars
import threading
from collections.abc import Callable, Coroutine
from functools import lru_cache
from typing import Any, TypeVar

Result = TypeVar("Result")
_thread = threading.local()
"""Knows of each thread whether one of our loops runs in it."""


def run_blocking(work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """Run a coroutine to its end in the background loop, with the caller's context variables.

    All synchronous calls share one loop, so that connections a model keeps open stay usable. Works also where
    the calling thread has a running loop, as in notebooks. A call from inside such a loop, as by a guide of the
    user's own that invokes a graph, gets a loop of its own: waiting for its own thread it would wait for ever. Ctrl-C
    cancels the coroutine.
    """
    context = contextvars.copy_context()

    async def supervised() -> Result:
        return await asyncio.get_running_loop().create_task(work(), context=context)

    loop = _new_loop() if getattr(_thread, "serves", False) else _background_loop()
    future = asyncio.run_coroutine_threadsafe(supervised(), loop)
    try:
        return future.result()
    except BaseException:
        future.cancel()
        raise
    finally:
        if loop is not _background_loop():
            loop.call_soon_threadsafe(loop.stop)


@lru_cache(maxsize=1)
def _background_loop() -> asyncio.AbstractEventLoop:
    return _new_loop()


def _new_loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()

    def serve() -> None:
        _thread.serves = True
        loop.run_forever()
        loop.close()

    threading.Thread(target=serve, name="codesteer-sync", daemon=True).start()
    return loop
