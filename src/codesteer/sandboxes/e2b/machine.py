"""One virtual machine of E2B."""

import asyncio
import os
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from codesteer.errors import CodeSteerError
from codesteer.sandboxes.e2b.failures import is_passing, translated
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus, Limits
from codesteer.sandboxes.remote.protocol import Errand

if TYPE_CHECKING:
    from e2b_code_interpreter import AsyncSandbox, Context, ExecutionError, OutputMessage

TAG = "codesteer"
"""The metadata under which our machines can be found."""
LIFETIME_SECONDS = 600
"""E2B ends a machine this long after we last prolonged its life."""
_MARGIN_SECONDS = 60.0
_CREATION_WAITS = (1.0, 2.0, 4.0, 8.0)
_OVERTIME_SECONDS = 10.0
# What E2B says when the program has killed or interrupted its context, which is its parent.
_CONTEXT_ENDED = ("ContextRestarting", "KeyboardInterrupt")


class FloodError(Exception):
    """The machine sends more than the guest should have let through."""


@dataclass(slots=True)
class _Transcript:
    """What a machine sends about one program."""

    room: int
    stdout: list[str] = field(default_factory=list)
    stderr: list[str] = field(default_factory=list)
    failure: str | None = None

    def on_stdout(self, message: "OutputMessage") -> None:
        self._add(self.stdout, message.line)

    def on_stderr(self, message: "OutputMessage") -> None:
        self._add(self.stderr, message.line)

    def on_error(self, error: "ExecutionError") -> None:
        self.failure = error.name
        self._add(self.stderr, f"{error.name}: {error.value}")

    def _add(self, lines: list[str], text: str) -> None:
        self.room -= len(text)
        if self.room < 0:
            raise FloodError
        lines.append(text)

    def stopped(self, status: ExecutionStatus, limits: Limits) -> ExecutionResult:
        """Return the result of a program that took the guest with it."""
        flooded = status is ExecutionStatus.OUTPUT_LIMIT
        return ExecutionResult(
            status=status,
            stdout="".join(self.stdout)[: limits.output_bytes],
            stderr="".join(self.stderr)[: limits.output_bytes],
            stdout_truncated=flooded,
            stderr_truncated=flooded,
        )


class Machine:
    """Runs programs one after another, each in a code context of its own."""

    def __init__(self, sandbox: "AsyncSandbox") -> None:
        self._sandbox = sandbox
        self._ends_at = time.monotonic() + LIFETIME_SECONDS

    @property
    def alive(self) -> bool:
        """Whether E2B still keeps it, as far as we know."""
        return time.monotonic() < self._ends_at

    @classmethod
    async def create(cls) -> Self:
        """Create a machine without internet that ends by itself should we never come back to it.

        Raises:
            ConfigurationError: the key is missing or refused.
            SandboxError: E2B cannot provide a machine, also not after some waiting.
        """
        with translated("to create a sandbox"):
            for wait in _CREATION_WAITS:
                try:
                    return cls(await _create_sandbox())
                except Exception as error:
                    if not is_passing(error):
                        raise
                await asyncio.sleep(wait)
            return cls(await _create_sandbox())

    async def run(self, program: str, limits: Limits) -> ExecutionResult:
        """Run one program.

        Raises:
            SandboxError: E2B failed; the machine must not be used again.
        """
        errand = Errand.of(program, limits)
        transcript = _Transcript(room=4 * limits.output_bytes + 65536)
        with translated("to run a program"):
            await self._prolong(limits.wall_seconds + _MARGIN_SECONDS)
            context = await self._sandbox.create_code_context()
            try:
                await self._run_code(errand.code, context, transcript, limits)
            except FloodError:
                return transcript.stopped(ExecutionStatus.OUTPUT_LIMIT, limits)
            except TimeoutError:
                return transcript.stopped(ExecutionStatus.TIMEOUT, limits)
            if transcript.failure in _CONTEXT_ENDED:
                return transcript.stopped(ExecutionStatus.KILLED, limits)
            await self._sandbox.remove_code_context(context)
        return errand.result("".join(transcript.stdout), "".join(transcript.stderr))

    async def kill(self) -> None:
        """End the machine; if that fails, E2B ends it when its life is over."""
        self._ends_at = 0.0
        with suppress(CodeSteerError), translated("to end a sandbox"):
            await self._sandbox.kill()

    async def _prolong(self, seconds: float) -> None:
        if time.monotonic() + seconds > self._ends_at:
            lifetime = int(max(seconds, LIFETIME_SECONDS))
            await self._sandbox.set_timeout(lifetime)
            self._ends_at = time.monotonic() + lifetime

    async def _run_code(self, code: str, context: "Context", transcript: _Transcript, limits: Limits) -> None:
        # The library's own timeout fires at twice its value (e2b-dev/E2B#1881), so it is switched off.
        async with asyncio.timeout(limits.wall_seconds + _OVERTIME_SECONDS):
            await self._sandbox.run_code(
                code,
                context=context,
                timeout=0,
                on_stdout=transcript.on_stdout,
                on_stderr=transcript.on_stderr,
                on_error=transcript.on_error,
            )


async def _create_sandbox() -> "AsyncSandbox":
    from e2b_code_interpreter import AsyncSandbox

    return await AsyncSandbox.create(
        timeout=LIFETIME_SECONDS,
        allow_internet_access=False,
        metadata={TAG: "1", "host": socket.gethostname(), "pid": str(os.getpid())},
        retries=0,  # we wait longer than the library would
    )
