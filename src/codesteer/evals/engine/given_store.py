"""The store that a method with experience is given: no argument of Inspect's tasks, which hold plain values only."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from langgraph.store.base import BaseStore

from codesteer.errors import ConfigurationError
from codesteer.evals.methods.names import uses_experience


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenStore:
    """An open store, and how a method uses it."""

    store: BaseStore
    namespace: tuple[str, ...]
    learn: bool
    """Whether the method adds what it verified."""
    embedded: bool
    """Whether the embedded model answers; it is shown no worked examples."""

    @property
    def settings(self) -> dict[str, Any]:
        """The fields of the run's context."""
        return {"experience": self.namespace, "learn": self.learn}


_given: ContextVar[GivenStore | None] = ContextVar("codesteer_given_store", default=None)


@contextmanager
def give_store(store: GivenStore | None) -> Iterator[None]:
    """Give a store to the methods that are set up during the block."""
    token = _given.set(store)
    try:
        yield
    finally:
        _given.reset(token)


def store_of(method: str) -> GivenStore | None:
    """Return the store that a method was given; None for methods without experience.

    Raises:
        ConfigurationError: the method needs a store, and was given none.
    """
    if not uses_experience(method):
        return None
    if (given := _given.get()) is None:
        raise ConfigurationError(
            f"{method} needs a store of experience; use 'codesteer eval run' with --experience FILE.sqlite"
        )
    return given
