"""Find processes on this machine, including those in sandboxes."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path


def processes_with(mark: str) -> list[int]:
    """Return the PIDs of the processes with this text in their command line."""
    return [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/cmdline") if mark in _read(path)]


async def wait_until(condition: Callable[[], object], seconds: float = 20) -> None:
    """Wait until the condition holds; fail after a timeout."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "timed out"
        await asyncio.sleep(0.005)


def wait_until_blocking(condition: Callable[[], object], seconds: float = 20) -> None:
    """Wait until the condition holds, without a running event loop."""
    asyncio.run(wait_until(condition, seconds))


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
