"""Run blocking work in a thread and cancel it from asyncio."""

import asyncio
import os
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

Result = TypeVar("Result")


class Cancellation:
    """A cancellation token with a file descriptor that a thread can poll along with others."""

    def __init__(self) -> None:
        self._readable, self._writable = os.pipe()
        # Requests come from an event loop, where LangGraph's server forbids blocking calls.
        os.set_blocking(self._writable, False)
        self._owner = os.getpid()
        self._lock = threading.Lock()
        self._closed = False
        self.requested = False
        """Whether cancellation was requested."""

    def fileno(self) -> int:
        """Return the descriptor that becomes readable on request."""
        return self._readable

    def request(self) -> None:
        """Request cancellation; does nothing if the work has ended, or in a fork of the process that does it."""
        if os.getpid() != self._owner:
            return
        with self._lock:
            if not (self.requested or self._closed):
                os.write(self._writable, b"!")
            self.requested = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._closed = True
            os.close(self._readable)
            os.close(self._writable)


async def run_cancellable(work: Callable[[Cancellation], Result]) -> Result:
    """Run blocking work in a new thread; if the caller is cancelled, cancel the work and wait until it stops.

    The event loop's thread pool is too small for this: the work lasts as long as a program runs.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Result] = loop.create_future()
    cancellation = Cancellation()

    def resolve(set_outcome: Callable[[], None]) -> None:
        if not future.cancelled():
            set_outcome()

    def run() -> None:
        with cancellation:
            set_outcome = _capture_outcome(work, cancellation, future)
        try:
            loop.call_soon_threadsafe(resolve, set_outcome)
        except RuntimeError:
            return  # the caller's event loop is closed

    threading.Thread(target=run, name="codesteer-sandbox", daemon=True).start()
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        cancellation.request()
        await asyncio.wait([future])
        future.exception()
        raise


def _capture_outcome(
    work: Callable[[Cancellation], Result], cancellation: Cancellation, future: asyncio.Future[Result]
) -> Callable[[], None]:
    """Do the work and return a callback that passes its result or exception to the future."""
    try:
        result = work(cancellation)
    except BaseException as error:
        failure = error
        return lambda: future.set_exception(failure)
    return lambda: future.set_result(result)
