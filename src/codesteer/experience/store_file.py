"""Open a SQLite file as a store of experience."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from codesteer.errors import ConfigurationError

if TYPE_CHECKING:
    from langgraph.store.sqlite import SqliteStore

BUSY_SECONDS = 10.0
"""How long a process waits for another one that is writing."""


@contextmanager
def open_store_file(path: Path, *, read_only: bool = False) -> Iterator["SqliteStore"]:
    """Open a store's file; create it and its folder if necessary, unless it is only read.

    Several processes may have it open; one that writes makes the others wait.

    Raises:
        ConfigurationError: the file cannot be opened or read, or is not a store.
    """
    from langgraph.store.sqlite import SqliteStore

    try:
        if not read_only:
            path.parent.mkdir(parents=True, exist_ok=True)
        connection = _connect(path, "rw" if read_only else "rwc")
    except (OSError, sqlite3.Error) as error:
        raise _unusable(path, error) from error
    with closing(connection):
        store = SqliteStore(connection)
        try:
            # Not mode "ro", in which SQLite could not undo what a process left unfinished when it was killed.
            connection.execute(f"PRAGMA query_only = {read_only}")
            store.setup()
            yield store
        except sqlite3.Error as error:
            raise _unusable(path, error) from error


def read_store_file(path: Path) -> bytes:
    """Return the content of a store's file, whole even while another command writes to it.

    Raises:
        ConfigurationError: the file cannot be read, or is not a database.
    """
    try:
        with closing(_connect(path, "rw")) as source, closing(sqlite3.connect(":memory:")) as copy:
            source.backup(copy)
            return copy.serialize()
    except sqlite3.Error as error:
        raise _unusable(path, error) from error


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    """Connect for use by several threads, each statement a transaction, as LangGraph's store does."""
    return sqlite3.connect(
        f"{path.resolve().as_uri()}?mode={mode}",
        uri=True,
        check_same_thread=False,
        isolation_level=None,
        timeout=BUSY_SECONDS,
    )


def _unusable(path: Path, error: Exception) -> ConfigurationError:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return ConfigurationError(
        f"cannot use {path} as a store of experience ({reason}); choose another file with --experience"
    )
