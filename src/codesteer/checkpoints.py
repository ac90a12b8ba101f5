"""Store runs in a SQLite file of LangGraph checkpoints."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from codesteer.errors import ConfigurationError

if TYPE_CHECKING:
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

__all__ = ["open_checkpoints"]

PRIMARY_CODE = 0xFF
"""The bits of SQLite's error codes that say what failed; the others say how."""


@asynccontextmanager
async def open_checkpoints(path: Path) -> "AsyncIterator[AsyncSqliteSaver]":
    """Open a checkpoint file; create it and its folder if necessary.

    Several processes may have it open; one that writes makes the others wait for some seconds.

    Raises:
        ConfigurationError: the file cannot be opened, read or written, or is not a checkpoint file.
    """
    import aiosqlite
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    try:
        await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
        connection = await aiosqlite.connect(path)
    except (OSError, sqlite3.Error) as error:
        raise _unusable(path, error) from error
    try:
        saver = AsyncSqliteSaver(connection)
        await saver.setup()
        yield saver
    except sqlite3.Error as error:
        raise _unusable(path, error) from error
    finally:
        await connection.close()


def _unusable(path: Path, error: Exception) -> ConfigurationError:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    if getattr(error, "sqlite_errorcode", 0) & PRIMARY_CODE in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return ConfigurationError(
            f"cannot save runs in {path} ({reason}): another process is writing to it; wait until it finishes and "
            "repeat the command, or choose another file with --checkpoints"
        )
    return ConfigurationError(
        f"cannot save runs in {path} ({reason}); choose another file with --checkpoints"
    )
