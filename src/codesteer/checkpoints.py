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


@asynccontextmanager
async def open_checkpoints(path: Path) -> "AsyncIterator[AsyncSqliteSaver]":
    """Open a checkpoint file; create it and its folder if necessary.

    Raises:
        ConfigurationError: the file cannot be opened, or is not a checkpoint file.
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
        try:
            await saver.setup()
        except sqlite3.Error as error:
            raise _unusable(path, error) from error
        yield saver
    finally:
        await connection.close()


def _unusable(path: Path, error: Exception) -> ConfigurationError:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return ConfigurationError(
        f"cannot save runs in {path} ({reason}); choose another file with --checkpoints"
    )
