"""Runs programs as ordinary child processes: their time and output are limited, nothing is isolated."""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus, Limits
from codesteer.sandboxes.packages import installed_packages
from codesteer.sandboxes.port import SandboxDescription
from codesteer.sandboxes.verdict import status_of

_CHUNK_BYTES = 65536
_LAST_OUTPUT_SECONDS = 1.0
_KEPT_VARIABLES = ("PATH", "SYSTEMROOT")


class UnsafeSubprocess:
    """For machines where nothing else works and programs that are trusted; works on every system.

    A program can do whatever the user can. Only its wall time and its output are limited.
    """

    async def start(self) -> None:
        """Nothing has to be made ready."""

    async def stop(self) -> None:
        """Nothing outlives a program."""

    async def run(self, program: str, limits: Limits | None = None) -> ExecutionResult:
        """Run one program to its end or its limits."""
        folder = await asyncio.to_thread(_write, program)
        try:
            return await _run_in(folder, limits or Limits())
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    def describe(self) -> SandboxDescription:
        """Say that this is no isolation."""
        return SandboxDescription(
            kind="unsafe-subprocess",
            strength="none",
            detail="UNSAFE: programs run with all rights of the user; only time and output are limited",
            packages=installed_packages(),
        )

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()


def _write(program: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="codesteer-"))
    (folder / "program.py").write_bytes(program.encode(errors="surrogatepass"))
    return folder


async def _run_in(folder: Path, limits: Limits) -> ExecutionResult:
    started = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-B", "-u", "program.py"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=folder,
        env={name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ},
        start_new_session=True,
    )
    outputs = (_Output(process.stdout, limits.output_bytes), _Output(process.stderr, limits.output_bytes))
    readers = [asyncio.create_task(output.read()) for output in outputs]
    try:
        verdict = await _wait(process, readers, limits)
    finally:
        _kill(process)
        await process.wait()
        await asyncio.wait(readers, timeout=_LAST_OUTPUT_SECONDS)
        for reader in readers:
            reader.cancel()
    return _result(process, verdict, *outputs, time.monotonic() - started)


async def _wait(
    process: asyncio.subprocess.Process, readers: list[asyncio.Task[bool]], limits: Limits
) -> ExecutionStatus | None:
    """Return why the program must be stopped, or None once it has ended."""
    end = asyncio.create_task(process.wait())
    pending: set[asyncio.Task[int] | asyncio.Task[bool]] = {end, *readers}
    deadline = time.monotonic() + limits.wall_seconds
    try:
        while not end.done():
            patience = deadline - time.monotonic()
            if patience <= 0:
                return ExecutionStatus.TIMEOUT
            done, pending = await asyncio.wait(pending, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            if any(reader in done and reader.result() for reader in readers):
                return ExecutionStatus.OUTPUT_LIMIT
        return None
    finally:
        end.cancel()


class _Output:
    """What a program writes to one stream, up to a limit."""

    def __init__(self, stream: asyncio.StreamReader | None, limit: int) -> None:
        self._stream = stream
        self._limit = limit
        self._kept = bytearray()
        self.truncated = False

    async def read(self) -> bool:
        """Read until the end or the limit; return whether it was the limit."""
        while self._stream is not None and (chunk := await self._stream.read(_CHUNK_BYTES)):
            room = self._limit - len(self._kept)
            self._kept += chunk[:room]
            if len(chunk) > room:
                self.truncated = True
                break
        return self.truncated

    def text(self) -> str:
        return self._kept.decode(errors="replace")


def _kill(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


def _result(
    process: asyncio.subprocess.Process,
    verdict: ExecutionStatus | None,
    stdout: _Output,
    stderr: _Output,
    wall_seconds: float,
) -> ExecutionResult:
    exit_code = process.returncode if verdict is None else None
    if verdict is None and (stdout.truncated or stderr.truncated):
        verdict = ExecutionStatus.OUTPUT_LIMIT
    return ExecutionResult(
        status=verdict or status_of(process.returncode or 0, stderr.text()),
        stdout=stdout.text(),
        stderr=stderr.text(),
        exit_code=exit_code,
        stdout_truncated=stdout.truncated,
        stderr_truncated=stderr.truncated,
        wall_seconds=wall_seconds,
    )
