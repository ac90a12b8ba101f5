"""Process concurrent requests in batches."""

import queue
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from codesteer.errors import ModelError

Request = TypeVar("Request")
Reply = TypeVar("Reply")


class Batcher(Generic[Request, Reply]):
    """Collects requests briefly and processes them together, in its own thread.

    Batches never overlap.
    """

    def __init__(
        self,
        process: Callable[[Sequence[Request]], Sequence[Reply]],
        *,
        max_size: int = 8,
        wait: float = 0.02,
    ) -> None:
        """Start the thread.

        Args:
            process: returns one reply per request, in their order.
            max_size: maximum number of requests in a batch.
            wait: seconds to wait for more requests after the first.
        """
        self._process, self._max_size, self._wait = process, max_size, wait
        self._queue: queue.Queue[tuple[Request, Future[Reply]] | None] = queue.Queue()
        threading.Thread(target=self._serve, name="codesteer-batches", daemon=True).start()

    def submit(self, request: Request) -> "Future[Reply]":
        """Queue a request; return a future for its reply, or for the exception of ``process``."""
        future: Future[Reply] = Future()
        self._queue.put((request, future))
        return future

    def close(self) -> None:
        """Stop the thread after the queued requests; nothing may be submitted afterwards."""
        self._queue.put(None)

    def _serve(self) -> None:
        while batch := self._collect():
            active = [(request, future) for request, future in batch if future.set_running_or_notify_cancel()]
            if active:
                self._run(active)

    def _collect(self) -> "list[tuple[Request, Future[Reply]]]":
        first = self._queue.get()
        if first is None:
            return []
        batch = [first]
        deadline = time.monotonic() + self._wait
        while len(batch) < self._max_size:
            try:
                more = self._queue.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                break
            if more is None:
                self.close()
                break
            batch.append(more)
        return batch

    def _run(self, batch: "list[tuple[Request, Future[Reply]]]") -> None:
        try:
            replies = self._process([request for request, _ in batch])
        except Exception as error:
            # The callers get the exception; the thread must survive for later requests.
            for _, future in batch:
                future.set_exception(error)
            return
        for (_, future), reply in zip(batch, replies, strict=True):
            future.set_result(reply)


def batcher_of(
    owner: Any, process: Callable[[Sequence[Request]], Sequence[Reply]]
) -> Batcher[Request, Reply]:
    """Return a batcher for a method of a model; its thread neither keeps an unused model in memory nor outlives it.

    Args:
        owner: the model.
        process: its bound method, see ``Batcher``.
    """
    method = weakref.WeakMethod(process)

    def run(requests: Sequence[Request]) -> Sequence[Reply]:
        bound = method()
        if bound is None:
            raise ModelError("the model was freed during a request; keep a reference to it")
        return bound(requests)

    batcher = Batcher(run)
    weakref.finalize(owner, batcher.close)
    return batcher
