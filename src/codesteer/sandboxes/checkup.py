"""Tries the probes on a sandbox and says what became of each."""

import asyncio
import hashlib
import os
import secrets
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from codesteer.sandboxes.execution import MEBIBYTE, ExecutionResult, Limits
from codesteer.sandboxes.port import Sandbox
from codesteer.sandboxes.probes import ESCAPED, PROBES, Probe

_LIMITS = Limits(wall_seconds=20, processes=16, memory_bytes=256 * MEBIBYTE)
_ORPHANS_DIE_SECONDS = 1.0
_LOOK_AROUND = """
import glob
for path in glob.glob("/proc/[0-9]*/cmdline"):
    try:
        if b"0.{number}" in open(path, "rb").read(): print({escaped!r})
    except OSError: pass
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What became of one probe."""

    probe: str
    held: bool
    """Whether the sandbox stopped it."""
    detail: str
    """How, in a few words."""


@dataclass(frozen=True, slots=True)
class _Bait:
    folder: Path
    listener: socket.socket
    mark: str

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def taken(self) -> str | None:
        """Return what a probe did to us, if anything."""
        with suppress(BlockingIOError):
            connection, _ = self.listener.accept()
            connection.close()
            return "a connection arrived here"
        return "a file appeared here" if (self.folder / self.mark).exists() else None


async def examine(sandbox: Sandbox) -> AsyncIterator[Finding]:
    """Try one probe after another.

    Raises:
        SandboxError: the sandbox cannot run programs at all.
    """
    with _lay() as bait:
        for probe in PROBES:
            source = probe.source(
                folder=str(bait.folder), port=bait.port, mark=bait.mark, digest=_environment_digest()
            )
            result = await sandbox.run(source, _LIMITS)
            taken = bait.taken()
            if probe.leaves_processes:
                taken = taken or await _left_running(sandbox, bait.mark)
            yield _finding(probe, result, taken)


def _environment_digest() -> str:
    """Return the digest of our longest setting, which is hardly somebody else's as well."""
    entry = max((f"{name}={value}" for name, value in os.environ.items()), key=len)
    return hashlib.sha256(entry.encode()).hexdigest()


@contextmanager
def _lay() -> Iterator[_Bait]:
    mark = secrets.token_hex(8)
    with tempfile.TemporaryDirectory(prefix="probe-", dir=Path.home()) as folder, socket.socket() as listener:
        Path(folder, "secret").write_text(mark)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        yield _Bait(Path(folder), listener, mark)


async def _left_running(sandbox: Sandbox, mark: str) -> str | None:
    await asyncio.sleep(_ORPHANS_DIE_SECONDS)
    number = int(mark, 16)
    if _runs_here(f"0.{number}".encode()):
        return "a process of it still runs here"
    result = await sandbox.run(_LOOK_AROUND.format(number=number, escaped=ESCAPED), _LIMITS)
    return "a process of it still runs in there" if ESCAPED in result.stdout else None


def _runs_here(mark: bytes) -> bool:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if mark in path.read_bytes():
                return True
        except OSError:
            continue
    return False


def _finding(probe: Probe, result: ExecutionResult, taken: str | None) -> Finding:
    held = taken is None and ESCAPED not in result.stdout
    status = f"program ended with {result.status}"
    return Finding(probe=probe.name, held=held, detail=status if held else taken or "the program says so")
