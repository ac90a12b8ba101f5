"""Requests that come at about the same time, worked off together."""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

Request = TypeVar("Request")
Reply = TypeVar("Reply")


class Batcher(Generic[Request, Reply]):
    """Collects requests for a moment and hands them to one function, in a thread of its own.

    The function is never called twice at the same time.
    """

    def __init__(
        self, work: Callable[[Sequence[Request]], Sequence[Reply]], *, most: int = 8, wait: float = 0.02
    ) -> None:
        """Start the thread.

        Args:
            work: answers requests, one reply each, in their order.
            most: requests at a time.
            wait: seconds to wait for more after the first.
        """
        self._work, self._most, self._wait = work, most, wait
        self._queue: queue.Queue[tuple[Request, Future[Reply]] | None] = queue.Queue()
        threading.Thread(target=self._serve, name="codesteer-batches", daemon=True).start()

    def submit(self, request: Request) -> "Future[Reply]":
        """Queue a request; its future gets the reply, or what ``work`` raised."""
        future: Future[Reply] = Future()
        self._queue.put((request, future))
        return future

    def close(self) -> None:
        """Let the thread end when it has answered what is queued; nothing may be submitted any more."""
        self._queue.put(None)

    def _serve(self) -> None:
        while batch := self._collect():
            wanted = [(request, future) for request, future in batch if future.set_running_or_notify_cancel()]
            if wanted:
                self._answer(wanted)

    def _collect(self) -> "list[tuple[Request, Future[Reply]]]":
        first = self._queue.get()
        if first is None:
            return []
        batch = [first]
        deadline = time.monotonic() + self._wait
        while len(batch) < self._most:
            try:
                more = self._queue.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                break
            if more is None:
                self.close()
                break
            batch.append(more)
        return batch

    def _answer(self, batch: "list[tuple[Request, Future[Reply]]]") -> None:
        try:
            replies = self._work([request for request, _ in batch])
        except Exception as error:
            # Whoever asked gets to see it; the thread has to live on for the others.
            for _, future in batch:
                future.set_exception(error)
            return
        for (_, future), reply in zip(batch, replies, strict=True):
            future.set_result(reply)
