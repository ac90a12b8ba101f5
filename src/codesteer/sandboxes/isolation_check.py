"""Run the probes in a sandbox and report which it blocks."""

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
_ORPHAN_EXIT_SECONDS = 1.0
_FIND_PROCESS = """
import glob
for path in glob.glob("/proc/[0-9]*/cmdline"):
    try:
        if b"0.{number}" in open(path, "rb").read(): print({escaped!r})
    except OSError: pass
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeResult:
    """The result of one probe."""

    probe: str
    blocked: bool
    """Whether the sandbox blocked it."""
    detail: str
    """The reason for the result, in a few words."""


@dataclass(frozen=True, slots=True)
class _Bait:
    folder: Path
    listener: socket.socket
    mark: str

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def damage(self) -> str | None:
        """Return what a probe reached on the host, if anything."""
        with suppress(BlockingIOError):
            connection, _ = self.listener.accept()
            connection.close()
            return "a connection reached the host"
        return "a file appeared on the host" if (self.folder / self.mark).exists() else None


async def check_isolation(sandbox: Sandbox) -> AsyncIterator[ProbeResult]:
    """Run the probes one by one and yield their results.

    Raises:
        SandboxError: the sandbox cannot run programs.
    """
    with _set_bait() as bait:
        for probe in PROBES:
            source = probe.source(
                folder=str(bait.folder), port=bait.port, mark=bait.mark, digest=_environment_digest()
            )
            result = await sandbox.run(source, _LIMITS)
            damage = bait.damage()
            if probe.leaves_processes:
                damage = damage or await _process_left_behind(sandbox, bait.mark)
            yield _probe_result(probe, result, damage)


def _environment_digest() -> str:
    """Return the digest of this process's longest environment variable, which is probably unique."""
    entry = max((f"{name}={value}" for name, value in os.environ.items()), key=len)
    return hashlib.sha256(entry.encode()).hexdigest()


@contextmanager
def _set_bait() -> Iterator[_Bait]:
    mark = secrets.token_hex(8)
    with tempfile.TemporaryDirectory(prefix="probe-", dir=Path.home()) as folder, socket.socket() as listener:
        Path(folder, "secret").write_text(mark)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        yield _Bait(Path(folder), listener, mark)


async def _process_left_behind(sandbox: Sandbox, mark: str) -> str | None:
    await asyncio.sleep(_ORPHAN_EXIT_SECONDS)
    number = int(mark, 16)
    if _is_running_here(f"0.{number}".encode()):
        return "its process still runs on the host"
    result = await sandbox.run(_FIND_PROCESS.format(number=number, escaped=ESCAPED), _LIMITS)
    return "its process still runs in the sandbox" if ESCAPED in result.stdout else None


def _is_running_here(mark: bytes) -> bool:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if mark in path.read_bytes():
                return True
        except OSError:
            continue
    return False


def _probe_result(probe: Probe, result: ExecutionResult, damage: str | None) -> ProbeResult:
    blocked = damage is None and ESCAPED not in result.stdout
    detail = f"exit status: {result.status}" if blocked else damage or "reported by the program"
    return ProbeResult(probe=probe.name, blocked=blocked, detail=detail)
