"""An E2B virtual machine."""

import asyncio
import logging
import os
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from codesteer.errors import CodeSteerError, first_line
from codesteer.sandboxes.e2b.errors import is_transient, translated_errors
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus, Limits
from codesteer.sandboxes.guest.job import GuestJob

if TYPE_CHECKING:
    from e2b_code_interpreter import AsyncSandbox, Context, ExecutionError, OutputMessage

_log = logging.getLogger(__name__)
TAG = "codesteer"
"""Metadata key that marks the machines of codesteer."""
LIFETIME_SECONDS = 600
"""Timeout after which E2B kills a machine, unless it is extended."""
_MARGIN_SECONDS = 60.0
_CREATION_BACKOFF_SECONDS = (1.0, 2.0, 4.0, 8.0)
_GRACE_SECONDS = 10.0
# Errors that E2B reports if the program kills or interrupts its parent process, the context.
_CONTEXT_ENDED = ("ContextRestarting", "KeyboardInterrupt")


class OutputLimitError(Exception):
    """The machine sends more output than the guest runner allows."""


@dataclass(slots=True)
class _OutputCollector:
    """Collects the output of one program."""

    remaining: int
    """Number of characters that are still accepted."""
    stdout: list[str] = field(default_factory=list)
    stderr: list[str] = field(default_factory=list)
    error_name: str | None = None

    def on_stdout(self, message: "OutputMessage") -> None:
        self._add(self.stdout, message.line)

    def on_stderr(self, message: "OutputMessage") -> None:
        self._add(self.stderr, message.line)

    def on_error(self, error: "ExecutionError") -> None:
        self.error_name = error.name
        self._add(self.stderr, f"{error.name}: {error.value}")

    def _add(self, lines: list[str], text: str) -> None:
        self.remaining -= len(text)
        if self.remaining < 0:
            raise OutputLimitError
        lines.append(text)


class Machine:
    """Runs programs one after another, each in its own code context."""

    def __init__(self, sandbox: "AsyncSandbox") -> None:
        self._sandbox = sandbox
        self._expires_at = time.monotonic() + LIFETIME_SECONDS

    @property
    def alive(self) -> bool:
        """Whether the machine can run another program: its timeout has not expired, and it is in order."""
        return time.monotonic() < self._expires_at

    @classmethod
    async def create(cls) -> Self:
        """Create a machine without internet access; E2B kills it when its timeout expires.

        Raises:
            ConfigurationError: the API key is missing or was rejected.
            SandboxError: E2B cannot provide a machine, even after retries.
        """
        with translated_errors("to create a sandbox"):
            for wait in _CREATION_BACKOFF_SECONDS:
                try:
                    return cls(await _create_sandbox())
                except Exception as error:
                    if not is_transient(error):
                        raise
                await asyncio.sleep(wait)
            return cls(await _create_sandbox())

    async def run(self, program: str, limits: Limits) -> ExecutionResult:
        """Run one program.

        Raises:
            SandboxError: E2B failed; the machine must not be used again.
        """
        job = GuestJob.create(program, limits)
        output = _OutputCollector(remaining=4 * limits.output_bytes + 65536)
        with translated_errors("to run a program"):
            await self._extend_timeout(limits.wall_seconds + _MARGIN_SECONDS)
            context = await self._sandbox.create_code_context()
            stop_reason = await self._run_code(job.code, context, output, limits)
        stdout, stderr = "".join(output.stdout), "".join(output.stderr)
        if stop_reason is not None:
            return job.result_without_report(stop_reason, stdout, stderr)
        result = job.parse_result(stdout, stderr)
        await self._remove(context)
        return result

    async def kill(self) -> None:
        """Kill the machine; if that fails, E2B kills it when its timeout expires."""
        self._expires_at = 0.0
        with suppress(CodeSteerError), translated_errors("to kill a sandbox"):
            await self._sandbox.kill()

    async def _extend_timeout(self, seconds: float) -> None:
        """Extend the timeout if the machine expires in less than the given time."""
        if time.monotonic() + seconds > self._expires_at:
            lifetime = int(max(seconds, LIFETIME_SECONDS))
            await self._sandbox.set_timeout(lifetime)
            self._expires_at = time.monotonic() + lifetime

    async def _run_code(
        self, code: str, context: "Context", output: _OutputCollector, limits: Limits
    ) -> ExecutionStatus | None:
        """Run the guest runner; return why it did not end by itself, or None if it did."""
        try:
            # The library's timeout fires at twice its value (e2b-dev/E2B#1881), so it is disabled.
            async with asyncio.timeout(limits.wall_seconds + _GRACE_SECONDS):
                await self._sandbox.run_code(
                    code,
                    context=context,
                    timeout=0,
                    on_stdout=output.on_stdout,
                    on_stderr=output.on_stderr,
                    on_error=output.on_error,
                )
        except OutputLimitError:
            return ExecutionStatus.OUTPUT_LIMIT
        except TimeoutError:
            return ExecutionStatus.TIMEOUT
        return ExecutionStatus.KILLED if output.error_name in _CONTEXT_ENDED else None

    async def _remove(self, context: "Context") -> None:
        """Remove a context; if that fails, the machine must not be used again, but its program's result counts."""
        try:
            async with asyncio.timeout(_GRACE_SECONDS):
                await self._sandbox.remove_code_context(context)
        except Exception as error:
            _log.warning("E2B did not remove a code context: %s", first_line(error))
            self._expires_at = 0.0


async def _create_sandbox() -> "AsyncSandbox":
    from e2b_code_interpreter import AsyncSandbox

    return await AsyncSandbox.create(
        timeout=LIFETIME_SECONDS,
        allow_internet_access=False,
        metadata={TAG: "1", "host": socket.gethostname(), "pid": str(os.getpid())},
        retries=0,  # the caller retries with longer waits
    )
