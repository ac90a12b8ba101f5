"""The E2B sandbox."""

import asyncio
import importlib
import os
import weakref
from contextlib import suppress

from codesteer.errors import ConfigurationError
from codesteer.sandboxes.e2b.background_loop import BackgroundLoop
from codesteer.sandboxes.e2b.errors import KEY_HINT
from codesteer.sandboxes.e2b.pool import MACHINES, MachinePool
from codesteer.sandboxes.execution import ExecutionResult, Limits
from codesteer.sandboxes.port import Sandbox, SandboxDescription

_PACKAGES = ("networkx", "numpy", "pandas", "scipy", "sympy")
_EXIT_TIMEOUT_SECONDS = 5.0


class E2BSandbox(Sandbox):
    """Runs programs in virtual machines of the E2B cloud, without internet access.

    Safe to share between tasks, threads and event loops. Machines are reused; they are killed by ``stop``, when the
    interpreter exits, or by E2B after ten minutes.
    """

    def __init__(self) -> None:
        self._loop = BackgroundLoop()
        self._pool = MachinePool()
        weakref.finalize(self, _close, self._loop, self._pool)

    async def start(self) -> None:
        """Check that an API key is set; machines are created on demand.

        Raises:
            ConfigurationError: there is no API key.
        """
        if not (os.environ.get("E2B_API_KEY") or os.environ.get("E2B_DEBUG")):
            message = f"the e2b sandbox needs an API key: {KEY_HINT}"
            raise ConfigurationError(message)
        await asyncio.to_thread(importlib.import_module, "e2b_code_interpreter")

    async def stop(self) -> None:
        """Kill all machines; running programs raise SandboxError."""
        await self._loop.run(self._pool.close())

    async def run(self, program: str, limits: Limits | None = None) -> ExecutionResult:
        """Run a program until it exits or exceeds a limit.

        Raises:
            ConfigurationError: the API key is missing or was rejected.
            SandboxError: E2B failed twice in a row.
        """
        await self.start()
        return await self._loop.run(self._pool.run(program, limits or Limits()))

    def describe(self) -> SandboxDescription:
        """Describe the E2B machines."""
        return SandboxDescription(
            kind="e2b",
            strength="strong",
            detail="virtual machines in the E2B cloud, no internet access, one code context per program",
            packages=_PACKAGES,
            concurrency=MACHINES,
        )


def _close(loop: BackgroundLoop, pool: MachinePool) -> None:
    with suppress(TimeoutError):
        loop.run_blocking(pool.close(), _EXIT_TIMEOUT_SECONDS)
