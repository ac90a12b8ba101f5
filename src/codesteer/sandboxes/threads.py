"""Lets async code of any event loop wait for blocking work in a thread, and cancel it."""

import asyncio
import os
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

Result = TypeVar("Result")


class Cancellation:
    """A wish to stop that a thread can wait for together with its other descriptors."""

    def __init__(self) -> None:
        self._readable, self._writable = os.pipe()
        # The wish is made in an event loop, where servers refuse calls that could block.
        os.set_blocking(self._writable, False)
        self._lock = threading.Lock()
        self._closed = False
        self.requested = False
        """Whether the wish was made."""

    def fileno(self) -> int:
        """Return the descriptor that is readable once the wish was made."""
        return self._readable

    def request(self) -> None:
        """Make the wish known; harmless when the work is over."""
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
    """Run blocking work in its own thread; if the caller is cancelled, have the work stop and wait for that.

    A thread of its own, because the work lasts as long as a program runs and the loop's own threads are few.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Result] = loop.create_future()
    cancellation = Cancellation()

    def deliver(settle: Callable[[], None]) -> None:
        if not done.cancelled():
            settle()

    def body() -> None:
        with cancellation:
            settle = _outcome(work, cancellation, done)
        try:
            loop.call_soon_threadsafe(deliver, settle)
        except RuntimeError:
            return  # the caller's event loop is closed: nobody waits any more

    threading.Thread(target=body, name="codesteer-sandbox", daemon=True).start()
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        cancellation.request()
        await asyncio.wait([done])
        done.exception()
        raise


def _outcome(
    work: Callable[[Cancellation], Result], cancellation: Cancellation, done: asyncio.Future[Result]
) -> Callable[[], None]:
    try:
        result = work(cancellation)
    except BaseException as error:
        failure = error
        return lambda: done.set_exception(failure)
    return lambda: done.set_result(result)
