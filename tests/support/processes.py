"""Looks for processes of this machine, those in sandboxes included."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path


def processes_with(mark: str) -> list[int]:
    """Return the processes with this text in their command line."""
    return [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/cmdline") if mark in _read(path)]


async def wait_until(condition: Callable[[], object], seconds: float = 20) -> None:
    """Return once the condition holds; fail after a while."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.005)


def wait_until_now(condition: Callable[[], object], seconds: float = 20) -> None:
    """Do the same without an event loop."""
    asyncio.run(wait_until(condition, seconds))


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
