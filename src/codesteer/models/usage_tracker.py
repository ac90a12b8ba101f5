"""Add up what model calls cost while a node runs, including nodes that fail or are cancelled."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from codesteer.models.usage import Usage


@dataclass(slots=True)
class UsageTracker:
    """The sum of the recorded calls."""

    usage: Usage = field(default_factory=Usage)


_current: ContextVar[UsageTracker | None] = ContextVar("codesteer_usage_tracker", default=None)


@contextmanager
def track_usage() -> Iterator[UsageTracker]:
    """Track all model calls of the block, including those of tasks that it starts."""
    tracker = UsageTracker()
    token = _current.set(tracker)
    try:
        yield tracker
    finally:
        _current.reset(token)


def record_usage(usage: Usage) -> None:
    """Add a call to the current tracker, if there is one."""
    tracker = _current.get()
    if tracker is not None:
        tracker.usage += usage
