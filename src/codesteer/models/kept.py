"""A bounded memory of what is costly to make: the least recently used is dropped first."""

import gc
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """Keeps the values used last; one that is dropped lives on for as long as somebody holds it."""

    def __init__(self, most: int, *, heavy: bool = False) -> None:
        """Set the bound.

        Args:
            most: values kept at a time.
            heavy: a value holds gigabytes, which are to be freed at once, also those that a reference cycle holds.
        """
        self._most, self._heavy = most, heavy
        self._futures: OrderedDict[Hashable, Future[Value]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return the value of a key; makes it on first use, while others that want the same one wait."""
        with self._lock:
            future = self._futures.get(key)
            mine = future is None
            if future is None:
                self._drop_down_to(self._most - 1)
                future = self._futures[key] = Future()
            self._futures.move_to_end(key)
        if mine:
            self._make(key, future, make)
        return future.result()

    def _make(self, key: Hashable, future: "Future[Value]", make: Callable[[], Value]) -> None:
        try:
            future.set_result(make())
        except BaseException as error:
            with self._lock:
                if self._futures.get(key) is future:
                    del self._futures[key]
            future.set_exception(error)

    def clear(self) -> None:
        """Drop everything."""
        with self._lock:
            self._drop_down_to(0)

    def _drop_down_to(self, size: int) -> None:
        dropping = len(self._futures) > size
        while len(self._futures) > size:
            self._futures.popitem(last=False)
        if dropping and self._heavy:
            gc.collect()
