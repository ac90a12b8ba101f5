"""The E2B sandbox."""

import asyncio
import importlib
import os
import threading
import weakref
from contextlib import suppress
from typing import NamedTuple

from codesteer.errors import ConfigurationError, SandboxError
from codesteer.sandboxes.e2b.background_loop import BackgroundLoop
from codesteer.sandboxes.e2b.errors import KEY_HINT
from codesteer.sandboxes.e2b.pool import MACHINES, MachinePool
from codesteer.sandboxes.execution import ExecutionResult, Limits
from codesteer.sandboxes.port import Sandbox, SandboxDescription

_PACKAGES = ("networkx", "numpy", "pandas", "scipy", "sympy")
_EXIT_TIMEOUT_SECONDS = 5.0


class _Machines(NamedTuple):
    loop: BackgroundLoop
    pool: MachinePool
    owner: int
    """The process that uses them."""

    @property
    def usable(self) -> bool:
        """Whether this process is their owner, not a fork of it, where the loop and the library's threads are gone."""
        return os.getpid() == self.owner


class E2BSandbox(Sandbox):
    """Runs programs in virtual machines of the E2B cloud, without internet access.

    Safe to share between tasks, threads and event loops. Machines are reused; they are killed by ``stop``, when the
    interpreter exits, or by E2B after ten minutes. A fork of a process that has used
    it cannot, because the library's threads are gone there.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._machines: _Machines | None = None

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
        if (machines := self._machines) is not None and machines.usable:
            await machines.loop.run(machines.pool.close())

    async def run(self, program: str, limits: Limits | None = None) -> ExecutionResult:
        """Run a program until it exits or exceeds a limit.

        Raises:
            ConfigurationError: the API key is missing or was rejected.
            SandboxError: E2B failed twice in a row, or this is a fork of a process that has used the sandbox.
        """
        await self.start()
        machines = self._opened()
        return await machines.loop.run(machines.pool.run(program, limits or Limits()))

    def _opened(self) -> _Machines:
        with self._lock:
            if self._machines is None:
                self._machines = _Machines(BackgroundLoop(), MachinePool(), os.getpid())
                weakref.finalize(self, _close, self._machines)
            machines = self._machines
        if not machines.usable:
            message = (
                "the e2b sandbox cannot be used in a fork of a process that has used it: start this process with "
                "'spawn' (multiprocessing.get_context('spawn'))"
            )
            raise SandboxError(message)
        return machines

    def describe(self) -> SandboxDescription:
        """Describe the E2B machines."""
        return SandboxDescription(
            kind="e2b",
            strength="strong",
            detail="virtual machines in the E2B cloud, no internet access, one code context per program",
            packages=_PACKAGES,
            concurrency=MACHINES,
        )


def _close(machines: _Machines) -> None:
    if not machines.usable:
        return
    with suppress(TimeoutError):
        machines.loop.run_blocking(machines.pool.close(), _EXIT_TIMEOUT_SECONDS)
