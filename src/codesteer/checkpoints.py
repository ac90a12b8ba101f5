"""Where runs are kept: a SQLite file of LangGraph checkpoints, and the types that checkpoints may hold."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from codesteer.checkers.answer_report import AnswerReport, Verdict
from codesteer.checkers.code_report import CodeCounts, CodeReport, Finding, Technique
from codesteer.errors import ConfigurationError
from codesteer.graph.state import Turn
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.models.usage import Usage
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus

if TYPE_CHECKING:
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

STATE_TYPES: tuple[type, ...] = (
    Action,
    AnswerReport,
    CodeCounts,
    CodeReport,
    Decision,
    ExecutionResult,
    ExecutionStatus,
    Finding,
    Mode,
    Technique,
    Turn,
    Usage,
    Verdict,
)
"""The types of our own in the graph's state."""


def serializer() -> JsonPlusSerializer:
    """Return a serializer for any checkpointer (``InMemorySaver(serde=serializer())``) that knows our types.

    LangGraph warns of types that it was not told of, and refuses them with ``LANGGRAPH_STRICT_MSGPACK=true``.
    """
    return JsonPlusSerializer(
        allowed_msgpack_modules=[(kind.__module__, kind.__name__) for kind in STATE_TYPES]
    )


@asynccontextmanager
async def open_checkpoints(path: Path) -> "AsyncIterator[AsyncSqliteSaver]":
    """Open the file of kept runs; it is made where there is none, with its folder.

    Raises:
        ConfigurationError: it is no such file, or cannot be opened.
    """
    import aiosqlite
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    try:
        await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
        connection = await aiosqlite.connect(path)
    except (OSError, sqlite3.Error) as error:
        raise _unusable(path, error) from error
    try:
        saver = AsyncSqliteSaver(connection, serde=serializer())
        try:
            await saver.setup()
        except sqlite3.Error as error:
            raise _unusable(path, error) from error
        yield saver
    finally:
        await connection.close()


def _unusable(path: Path, error: Exception) -> ConfigurationError:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return ConfigurationError(f"{path} cannot keep runs ({reason}); name another file with --checkpoints")
