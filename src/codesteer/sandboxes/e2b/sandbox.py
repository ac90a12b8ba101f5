"""The sandbox for programs in the E2B cloud."""

import asyncio
import importlib
import os
import weakref
from contextlib import suppress

from codesteer.errors import ConfigurationError
from codesteer.sandboxes.e2b.failures import SIGN_UP
from codesteer.sandboxes.e2b.loop import BackgroundLoop
from codesteer.sandboxes.e2b.pool import MACHINES, Pool
from codesteer.sandboxes.execution import ExecutionResult, Limits
from codesteer.sandboxes.port import Sandbox, SandboxDescription

_PACKAGES = ("networkx", "numpy", "pandas", "scipy", "sympy")
_FAREWELL_SECONDS = 5.0


class E2BSandbox(Sandbox):
    """Runs programs in virtual machines of their own in the E2B cloud, without internet.

    May be shared between tasks, threads and event loops. Machines are kept for the next program and end with
    ``stop``, with the interpreter, or by themselves after ten minutes.
    """

    def __init__(self) -> None:
        self._loop = BackgroundLoop()
        self._pool = Pool()
        weakref.finalize(self, _close, self._loop, self._pool)

    async def start(self) -> None:
        """Check the settings; machines are created when programs come.

        Raises:
            ConfigurationError: there is no key.
        """
        if not (os.environ.get("E2B_API_KEY") or os.environ.get("E2B_DEBUG")):
            message = f"the sandbox e2b needs a key: {SIGN_UP}"
            raise ConfigurationError(message)
        await asyncio.to_thread(importlib.import_module, "e2b_code_interpreter")

    async def stop(self) -> None:
        """End all machines; programs under way end with a SandboxError."""
        await self._loop.run(self._pool.close())

    async def run(self, program: str, limits: Limits | None = None) -> ExecutionResult:
        """Run one program to its end or its limits.

        Raises:
            ConfigurationError: the key is missing or refused.
            SandboxError: E2B failed, twice in a row.
        """
        await self.start()
        return await self._loop.run(self._pool.run(program, limits or Limits()))

    def describe(self) -> SandboxDescription:
        """Say that programs run in a machine of E2B."""
        return SandboxDescription(
            kind="e2b",
            strength="strong",
            detail="virtual machines in the E2B cloud, no internet, a code context of its own for each program",
            packages=_PACKAGES,
            concurrency=MACHINES,
        )


def _close(loop: BackgroundLoop, pool: Pool) -> None:
    with suppress(TimeoutError):
        loop.run_blocking(pool.close(), _FAREWELL_SECONDS)
