"""A checkpoint file that cannot be used is named in one line, whenever that shows."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from tests.support.models import scripted
from tests.support.sandboxes import ScriptedSandbox

from codesteer import Context, create_codesteer
from codesteer.checkpoints import open_checkpoints
from codesteer.errors import ConfigurationError

THREAD: Any = {"configurable": {"thread_id": "t"}}


async def run(file: Path, *pragmas: str) -> None:
    """Save a run whose connection was set up with pragmas."""
    model, sandbox = scripted("It is 2. <<<2>>>"), ScriptedSandbox()
    async with open_checkpoints(file) as saver:
        for pragma in pragmas:
            await saver.conn.execute(f"PRAGMA {pragma}")
        graph = create_codesteer(task_model=model, sandbox=sandbox).compile(checkpointer=saver)
        question: Any = {"messages": [HumanMessage("How much is 1 + 1?")]}
        await graph.ainvoke(question, THREAD, context=Context(check_answer=False, max_turns=1))


async def test_a_run_is_saved(tmp_path: Path) -> None:
    await run(tmp_path / "new folder" / "runs.sqlite")
    assert (tmp_path / "new folder" / "runs.sqlite").stat().st_size > 0


async def test_a_file_that_another_process_is_writing_to_says_so(tmp_path: Path) -> None:
    file = tmp_path / "runs.sqlite"
    async with open_checkpoints(file):
        pass
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ConfigurationError, match="another process is writing to it; wait") as refused:
            await run(file, "busy_timeout = 10")
    assert str(file) in str(refused.value)
    assert "\n" not in str(refused.value)
    await run(file)


async def test_a_full_disk_is_named(tmp_path: Path) -> None:
    file = tmp_path / "runs.sqlite"
    with pytest.raises(ConfigurationError, match=r"is full.*choose another file with --checkpoints"):
        await run(file, "max_page_count = 8")


async def test_a_file_that_is_damaged_while_it_is_open_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"cannot save runs in .*\(file is not a database\)"):
        async with open_checkpoints(tmp_path / "runs.sqlite"):
            raise sqlite3.DatabaseError("file is not a database")


async def test_other_errors_pass(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="mine"):
        async with open_checkpoints(tmp_path / "runs.sqlite"):
            raise ValueError("mine")
