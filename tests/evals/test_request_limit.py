"""An endpoint that refuses several requests gets fewer at a time; a request refused alone fails."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from codesteer.evals.engine.request_limit import RequestLimit


class RefusalError(Exception):
    def __init__(self, status_code: int) -> None:
        self.status_code = status_code


class Server:
    """Serves a number of requests at a time and refuses the others."""

    def __init__(self, capacity: int, status: int = 429) -> None:
        self.capacity, self.status = capacity, status
        self.in_flight, self.most, self.refused = 0, 0, 0

    def request(self, number: int) -> Callable[[], Awaitable[int]]:
        async def send() -> int:
            if self.in_flight >= self.capacity:
                self.refused += 1
                raise ValueError("wrapped") from RefusalError(self.status)
            self.in_flight += 1
            self.most = max(self.most, self.in_flight)
            await asyncio.sleep(0.01)
            self.in_flight -= 1
            return number

        return send


async def send(server: Server, requests: int) -> list[int]:
    limit = RequestLimit()
    return list(await asyncio.gather(*(limit.send(server.request(number)) for number in range(requests))))


@pytest.mark.parametrize("capacity", [1, 2, 3, 8])
@pytest.mark.parametrize("status", [400, 429])
async def test_all_requests_of_a_wave_are_answered(capacity: int, status: int) -> None:
    server = Server(capacity, status)
    assert await send(server, 8) == list(range(8))
    assert server.most == capacity


async def test_a_request_that_is_refused_alone_fails() -> None:
    server = Server(0)
    with pytest.raises(ValueError, match="wrapped"):
        await send(server, 1)
    assert server.refused == 1


async def test_a_wave_that_is_refused_for_another_reason_fails_after_one_alone() -> None:
    server = Server(0, 400)
    with pytest.raises(ValueError, match="wrapped"):
        await send(server, 8)
    assert server.refused < 20


@pytest.mark.parametrize("status", [401, 500])
async def test_other_failures_are_not_repeated(status: int) -> None:
    server = Server(0, status)
    with pytest.raises(ValueError, match="wrapped"):
        await send(server, 1)
    assert server.refused == 1


async def test_a_cancelled_request_frees_its_place() -> None:
    limit, server = RequestLimit(), Server(1)
    limit.limit = 1
    running = asyncio.create_task(limit.send(server.request(1)))
    await asyncio.sleep(0)
    running.cancel()
    server.in_flight = 0
    assert await limit.send(server.request(2)) == 2
