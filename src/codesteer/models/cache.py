"""A bounded cache for values that are expensive to create, such as loaded models."""

import gc
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

Value = TypeVar("Value")


class LRUCache(Generic[Value]):
    """Creates each value once and evicts the least recently used; evicted values live on while they are referenced."""

    def __init__(self, max_size: int, *, collect_garbage: bool = False) -> None:
        """Create an empty cache.

        Args:
            max_size: maximum number of values.
            collect_garbage: run the garbage collector after an eviction; frees large values that are part of a
                reference cycle at once.
        """
        self._max_size, self._collect_garbage = max_size, collect_garbage
        self._futures: OrderedDict[Hashable, Future[Value]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, create: Callable[[], Value]) -> Value:
        """Return the value for a key; create it on first use, while other callers for the same key wait."""
        with self._lock:
            future = self._futures.get(key)
            is_new = future is None
            if future is None:
                self._evict_down_to(self._max_size - 1)
                future = self._futures[key] = Future()
            self._futures.move_to_end(key)
        if is_new:
            self._create(key, future, create)
        return future.result()

    def _create(self, key: Hashable, future: "Future[Value]", create: Callable[[], Value]) -> None:
        try:
            future.set_result(create())
        except BaseException as error:
            with self._lock:
                if self._futures.get(key) is future:
                    del self._futures[key]
            future.set_exception(error)

    def clear(self) -> None:
        """Evict all values."""
        with self._lock:
            self._evict_down_to(0)

    def _evict_down_to(self, size: int) -> None:
        evicts = len(self._futures) > size
        while len(self._futures) > size:
            self._futures.popitem(last=False)
        if evicts and self._collect_garbage:
            gc.collect()
