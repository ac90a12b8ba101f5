"""Tell a caller of Inspect when a problem is finished."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from inspect_ai.hooks import Hooks, SampleEnd, hooks

_listeners: list[Callable[[], None]] = []


@hooks(name="codesteer_finished", description="Tells codesteer when a problem is finished.")
class FinishedHook(Hooks):
    """Inspect's hook; it lives as long as the process, so it serves whoever listens."""

    def enabled(self) -> bool:
        """Return whether anybody listens."""
        return bool(_listeners)

    async def on_sample_end(self, data: SampleEnd) -> None:
        """Tell the listeners, unless an error left the problem unanswered: it is asked again, and counts then."""
        if data.sample.error is not None:
            return
        for listener in _listeners:
            listener()


@contextmanager
def on_finished(listener: Callable[[], None]) -> Iterator[None]:
    """Call the listener after each problem that is answered during the block, right or wrong."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)
