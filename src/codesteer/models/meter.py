"""Counting what models cost while a node is at work, so that a node that fails or is stopped in time is counted too."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from codesteer.models.usage import Usage


@dataclass(slots=True)
class Meter:
    """The sum of the calls that were reported."""

    usage: Usage = field(default_factory=Usage)


_current: ContextVar[Meter | None] = ContextVar("codesteer_meter", default=None)


@contextmanager
def metered() -> Iterator[Meter]:
    """Count all calls of the block, those of tasks that it starts included."""
    meter = Meter()
    token = _current.set(meter)
    try:
        yield meter
    finally:
        _current.reset(token)


def report(usage: Usage) -> None:
    """Add a call to the meter, if anybody counts."""
    meter = _current.get()
    if meter is not None:
        meter.usage += usage
