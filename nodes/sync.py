"""Run the asynchronous nodes for synchronous callers, in an event loop in a background thread."""

import asyncio
import contextvars
import threading
from collections.abc import Callable, Coroutine
from functools import lru_cache
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

    loop = _new_loop() if getattr(_thread, "runs_loop", False) else _background_loop()
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
        _thread.runs_loop = True
        loop.run_forever()
        loop.close()

    threading.Thread(target=serve, name="codesteer-sync", daemon=True).start()
    return loop
