"""Run the asynchronous nodes for synchronous callers, in an event loop in a background thread."""

import asyncio
import contextvars
import os
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

Result = TypeVar("Result")
Item = TypeVar("Item")
_END = object()
_thread = threading.local()
"""``runs_loop`` is set in threads that run one of our event loops."""


def run_blocking(function: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """Run an asynchronous function to completion in a background loop, with the caller's context variables.

    All synchronous calls share one loop, so that a model's open connections stay usable. The calling thread may itself
    run an event loop, as in notebooks. A call from the shared loop, for example by a user's guide that invokes another
    graph, gets a new loop to avoid a deadlock. Ctrl-C in the calling thread cancels the coroutine; unless only one node
    is to run, LangGraph calls this from threads of its own, and waits for them.
    """
    with _serving_loop() as loop:
        return _result(loop, function, contextvars.copy_context())


def stream_blocking(
    open_stream: Callable[[], AsyncGenerator[Item, None]], context: contextvars.Context
) -> Generator[Item, None, None]:
    """Yield an asynchronous stream's items; leaving it early, or Ctrl-C, cancels what it waits for.

    Args:
        open_stream: opens the stream.
        context: the context variables that the stream sees.
    """
    stream, in_use = context.run(open_stream), asyncio.Lock()

    async def step() -> object:
        async with in_use:
            return await anext(stream, _END)

    async def close() -> None:
        async with in_use:  # a step that was cancelled may still be ending
            await stream.aclose()

    with _serving_loop() as loop:
        try:
            while (item := _result(loop, step, context)) is not _END:
                yield item  # type: ignore[misc]
        finally:
            _result(loop, close, context)


def _result(
    loop: asyncio.AbstractEventLoop,
    function: Callable[[], Coroutine[Any, Any, Result]],
    context: contextvars.Context,
) -> Result:
    task: asyncio.Task[Result] | None = None
    given_up = False

    async def supervised() -> Result:
        nonlocal task
        task = asyncio.get_running_loop().create_task(function(), context=context)
        cancel_if_given_up()
        return await task

    def cancel_if_given_up() -> None:
        if given_up and task is not None:
            task.cancel()

    try:
        return asyncio.run_coroutine_threadsafe(supervised(), loop).result()
    except BaseException:
        # Ctrl-C may come before the future is known here, when the coroutine has been passed on already.
        given_up = True
        loop.call_soon_threadsafe(cancel_if_given_up)
        raise


@contextmanager
def _serving_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """Yield the shared loop, or in its own thread a loop for this call only."""
    if not getattr(_thread, "runs_loop", False):
        yield _background_thread().loop
        return
    thread = _LoopThread()
    try:
        yield thread.loop
    finally:
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
