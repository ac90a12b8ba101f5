"""The sandbox for programs on this machine."""

import os
import threading

from codesteer.errors import SandboxError
from codesteer.sandboxes.execution import ExecutionResult, Limits
from codesteer.sandboxes.local.choice import Isolation, choose
from codesteer.sandboxes.local.runner import Runner
from codesteer.sandboxes.packages import installed_packages
from codesteer.sandboxes.port import Sandbox, SandboxDescription
from codesteer.sandboxes.threads import Cancellation, run_cancellable

_ATTEMPTS = 2
_POLL_SECONDS = 0.05


class LocalSandbox(Sandbox):
    """Runs programs in isolated processes of this machine.

    May be shared between tasks, threads and event loops; keep one for as long as there are programs to run.
    As many programs run at once as there are processors, at least two; the others wait.
    """

    def __init__(self, isolation: Isolation = "auto") -> None:
        """Choose the way of isolation; ``auto`` takes the best that works on this machine."""
        self._isolation: Isolation = isolation
        self._lock = threading.Lock()
        self._runner: Runner | None = None
        self._running: set[Cancellation] = set()
        self._slots = threading.BoundedSemaphore(max(2, os.cpu_count() or 1))

    async def start(self) -> None:
        """Find out which isolation works here.

        Raises:
            SandboxUnavailableError: none does, or not the one asked for.
        """
        await run_cancellable(self._prepare)

    async def stop(self) -> None:
        """End everything that was started; programs under way end with a SandboxError."""
        await run_cancellable(self._end)

    async def run(self, program: str, limits: Limits | None = None) -> ExecutionResult:
        """Run one program to its end or its limits.

        Raises:
            SandboxUnavailableError: no isolation works here, or not the one asked for.
            SandboxError: the sandbox broke, twice in a row.
        """
        source = program.encode(errors="surrogatepass")
        return await run_cancellable(lambda cancel: self._execute(source, limits or Limits(), cancel))

    def describe(self) -> SandboxDescription:
        """Say which isolation this is; finds that out first, which takes a moment, if not started.

        Raises:
            SandboxUnavailableError: none works here, or not the one asked for.
        """
        with Cancellation() as never:
            runner = self._prepare(never)
        return SandboxDescription(
            kind=runner.kind, strength=runner.strength, detail=runner.detail, packages=installed_packages()
        )

    def _execute(self, source: bytes, limits: Limits, cancellation: Cancellation) -> ExecutionResult:
        self._running.add(cancellation)
        try:
            self._take_slot(cancellation)
            try:
                return self._attempt(source, limits, cancellation)
            finally:
                self._slots.release()
        finally:
            self._running.discard(cancellation)

    def _attempt(self, source: bytes, limits: Limits, cancellation: Cancellation) -> ExecutionResult:
        for attempt in range(1, _ATTEMPTS + 1):
            runner = self._prepare(cancellation)
            try:
                return runner.execute(source, limits, cancellation)
            except SandboxError:
                if attempt == _ATTEMPTS or cancellation.requested:
                    raise
        raise AssertionError

    def _take_slot(self, cancellation: Cancellation) -> None:
        while not cancellation.requested:
            if self._slots.acquire(timeout=_POLL_SECONDS):
                return
        text = "the program was stopped before it started"
        raise SandboxError(text)

    def _prepare(self, cancellation: Cancellation) -> Runner:
        with self._lock:
            if self._runner is None:
                self._runner = choose(self._isolation, cancellation)
                self._runner.prepare()
            return self._runner

    def _end(self, cancellation: Cancellation) -> None:
        with self._lock:
            runner, self._runner = self._runner, None
        for running in list(self._running):
            running.request()
        if runner is not None:
            runner.close()
