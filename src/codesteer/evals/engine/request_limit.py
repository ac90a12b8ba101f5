"""Send fewer requests at a time where an endpoint refuses several."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

REFUSALS = frozenset({400, 429})
"""HTTP statuses with which endpoints refuse requests beyond the number that they serve at a time."""
MAX_CAUSES = 8
Reply = TypeVar("Reply")


class RequestLimit:
    """The number of requests of one problem that may be in flight; halved when one of several is refused."""

    def __init__(self) -> None:
        self.limit: int | None = None
        """None until the endpoint refuses a request."""
        self._in_flight = 0
        self._finished = asyncio.Event()

    async def send(self, request: Callable[[], Awaitable[Reply]]) -> Reply:
        """Send a request; repeat it with fewer others in flight if the endpoint refuses it."""
        while True:
            await self._wait()
            limit, self._in_flight = self.limit, self._in_flight + 1
            others = self._in_flight > 1
            try:
                return await request()
            except Exception as error:
                if not (others or self._in_flight > 1) or not is_refusal(error):
                    raise
                if self.limit == limit:  # the first refusal since this request was sent
                    self.limit = max(1, self._in_flight // 2)
            finally:
                self._in_flight -= 1
                self._finished.set()

    async def _wait(self) -> None:
        while self.limit is not None and self._in_flight >= self.limit:
            self._finished.clear()
            await self._finished.wait()


current_limit: ContextVar[RequestLimit | None] = ContextVar("codesteer_request_limit", default=None)
"""The limit of the current problem; None outside of problems."""


@contextmanager
def own_request_limit() -> Iterator[None]:
    """Count the requests of this block, and of the tasks that it starts, apart from all others."""
    token = current_limit.set(RequestLimit())
    try:
        yield
    finally:
        current_limit.reset(token)


def is_refusal(error: BaseException | None) -> bool:
    """Return whether an exception, or one that caused it, carries a status of ``REFUSALS``."""
    for _ in range(MAX_CAUSES):
        if error is None:
            return False
        if getattr(error, "status_code", None) in REFUSALS:
            return True
        error = error.__cause__ or error.__context__
    return False
