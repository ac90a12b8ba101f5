"""Concurrent requests are processed in one batch; a failure reaches its callers only."""

import threading
from collections.abc import Sequence
from concurrent.futures import wait

import pytest

from codesteer.models.batching import Batcher


def test_concurrent_requests_form_one_batch() -> None:
    batches: list[list[int]] = []
    gate = threading.Event()

    def double(requests: Sequence[int]) -> list[int]:
        gate.wait(10)
        batches.append(list(requests))
        return [2 * request for request in requests]

    batcher = Batcher(double, max_size=3, wait=0.5)
    futures = [batcher.submit(number) for number in range(5)]
    gate.set()
    assert [future.result(10) for future in futures] == [0, 2, 4, 6, 8]
    assert batches == [[0, 1, 2], [3, 4]]


def test_a_failure_affects_only_its_batch() -> None:
    def work(requests: Sequence[int]) -> list[int]:
        if 13 in requests:
            raise ValueError("unlucky")
        return list(requests)

    batcher = Batcher(work, max_size=1)
    futures = [batcher.submit(number) for number in (1, 13, 2)]
    wait(futures, timeout=10)
    assert futures[0].result(0) == 1
    with pytest.raises(ValueError, match="unlucky"):
        futures[1].result(0)
    assert futures[2].result(0) == 2


def test_a_cancelled_request_is_not_processed() -> None:
    worked: list[int] = []
    gate = threading.Event()

    def work(requests: Sequence[int]) -> list[int]:
        gate.wait(10)
        worked.extend(requests)
        return list(requests)

    batcher = Batcher(work, max_size=1)
    first, second, third = (batcher.submit(number) for number in range(3))
    assert second.cancel()
    gate.set()
    assert [first.result(10), third.result(10)] == [0, 2]
    assert worked == [0, 2]
