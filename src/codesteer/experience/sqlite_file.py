"""Keep experience in a SQLite file, with LangGraph's store for it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from codesteer.errors import ConfigurationError

if TYPE_CHECKING:
    from langgraph.store.sqlite import SqliteStore

BUSY_SECONDS = 10.0
"""How long a process waits for another one that is writing."""


@contextmanager
def open_experience(path: Path, *, must_exist: bool = False) -> "Iterator[SqliteStore]":
    """Open a file of experience; create it and its folder if necessary. Several processes may have it open.

    Args:
        path: the file.
        must_exist: refuse to create it.

    Raises:
        ConfigurationError: the file is missing, cannot be opened, or holds something else.
    """
    from langgraph.store.sqlite import SqliteStore

    if must_exist and not path.is_file():
        raise ConfigurationError(f"there is no experience in {path}; 'codesteer learn' fills a file")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            path, check_same_thread=False, isolation_level=None, timeout=BUSY_SECONDS
        )
    except (OSError, sqlite3.Error) as error:
        raise _unusable(path, error) from error
    try:
        store = SqliteStore(connection)
        try:
            store.setup()
        except sqlite3.Error as error:
            raise _unusable(path, error) from error
        yield store
    finally:
        connection.close()


def _unusable(path: Path, error: Exception) -> ConfigurationError:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return ConfigurationError(f"cannot keep experience in {path} ({reason}); choose another file")
