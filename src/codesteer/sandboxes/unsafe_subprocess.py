"""Run programs as plain child processes, without isolation; only wall time and output are limited."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from codesteer.errors import SandboxError, first_line
from codesteer.sandboxes.cancellation import Cancellation, run_cancellable
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus, Limits
from codesteer.sandboxes.exit_status import classify_exit
from codesteer.sandboxes.packages import installed_packages
from codesteer.sandboxes.port import Sandbox, SandboxDescription
from codesteer.sandboxes.source import source_of

_POLL_SECONDS = 0.01
_INHERITED_VARIABLES = ("PATH", "SYSTEMROOT")


class UnsafeSubprocessSandbox(Sandbox):
    """Runs trusted programs on systems where no other sandbox works.

    A program has all permissions of the user. Only its wall time and output are limited.
    """

    def __init__(self) -> None:
        self._running: set[Cancellation] = set()

    async def start(self) -> None:
        """Do nothing; there is nothing to start."""

    async def stop(self) -> None:
        """Kill running programs; their callers get a SandboxError."""
        for cancellation in list(self._running):
            cancellation.request()

    async def run(self, program: str, limits: Limits | None = None) -> ExecutionResult:
        """Run a program until it exits or exceeds a limit."""
        source = source_of(program)
        return await run_cancellable(lambda cancel: self._run(source, limits or Limits(), cancel))

    def describe(self) -> SandboxDescription:
        """Describe the lack of isolation."""
        return SandboxDescription(
            kind="unsafe-subprocess",
            strength="none",
            detail="UNSAFE: programs run with all permissions of the user; only time and output are limited",
            packages=installed_packages(),
        )

    def _run(self, source: bytes, limits: Limits, cancellation: Cancellation) -> ExecutionResult:
        self._running.add(cancellation)
        try:
            return _run(source, limits, cancellation)
        except OSError as error:
            text = f"cannot run the program: {first_line(error)}"
            raise SandboxError(text) from error
        finally:
            self._running.discard(cancellation)


def _run(source: bytes, limits: Limits, cancellation: Cancellation) -> ExecutionResult:
    # Files, not pipes: a detached process could keep its end of a pipe open forever. Without names, so that programs
    # neither replace nor find them.
    with (
        tempfile.TemporaryDirectory(prefix="codesteer-", ignore_cleanup_errors=True) as folder,
        tempfile.TemporaryFile() as stdout,
        tempfile.TemporaryFile() as stderr,
    ):
        Path(folder, "program.py").write_bytes(source)
        started = time.monotonic()
        process = _start(folder, stdout, stderr)
        try:
            stop_reason = _wait(process, (stdout, stderr), limits, cancellation)
        finally:
            _kill(process)
        return _result(process.returncode, stop_reason, stdout, stderr, limits.output_bytes, started)


def _start(folder: str, stdout: IO[bytes], stderr: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        (sys.executable, "-I", "-B", "-u", "program.py"),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        cwd=folder,
        env={name: os.environ[name] for name in _INHERITED_VARIABLES if name in os.environ}
        | {"HOME": folder},
        start_new_session=True,
    )


def _wait(
    process: subprocess.Popen[bytes],
    outputs: tuple[IO[bytes], ...],
    limits: Limits,
    cancellation: Cancellation,
) -> ExecutionStatus | None:
    """Return why the program must be killed, or None once it has exited."""
    deadline = time.monotonic() + limits.wall_seconds
    while True:
        with suppress(subprocess.TimeoutExpired):
            process.wait(_POLL_SECONDS)
        if any(_size(output) > limits.output_bytes for output in outputs):
            return ExecutionStatus.OUTPUT_LIMIT
        if process.returncode is not None:
            return None
        if time.monotonic() > deadline:
            return ExecutionStatus.TIMEOUT
        if cancellation.requested:
            text = "the program was cancelled"
            raise SandboxError(text)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _result(
    exit_code: int,
    stop_reason: ExecutionStatus | None,
    stdout: IO[bytes],
    stderr: IO[bytes],
    limit: int,
    started: float,
) -> ExecutionResult:
    out, err = _head(stdout, limit), _head(stderr, limit)
    return ExecutionResult(
        status=stop_reason or classify_exit(exit_code, err),
        stdout=out,
        stderr=err,
        exit_code=None if stop_reason else exit_code,
        stdout_truncated=_size(stdout) > limit,
        stderr_truncated=_size(stderr) > limit,
        wall_seconds=time.monotonic() - started,
    )


def _size(output: IO[bytes]) -> int:
    return os.fstat(output.fileno()).st_size


def _head(output: IO[bytes], limit: int) -> str:
    if sys.platform == "win32":
        output.seek(0)
        return output.read(limit).decode(errors="replace")
    # Not by seeking: a detached process may still write, and shares the position.
    return os.pread(output.fileno(), min(limit, _size(output)), 0).decode(errors="replace")
