"""The sandbox for programs on this machine."""

import threading
from types import TracebackType
from typing import Self

from codesteer.errors import SandboxError, SandboxUnavailableError
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus, Limits
from codesteer.sandboxes.local import bubblewrap
from codesteer.sandboxes.local.cold import ColdBubblewrap
from codesteer.sandboxes.local.interpreter import installed_packages
from codesteer.sandboxes.local.threads import Cancellation, run_cancellable
from codesteer.sandboxes.port import SandboxDescription

_ATTEMPTS = 2
_PROBE = "print(6 * 7)"


class LocalSandbox:
    """Runs programs in isolated processes of this machine; which isolation is found out by trying.

    May be shared between tasks, threads and event loops.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runner: ColdBubblewrap | None = None

    async def start(self) -> None:
        """Find out which isolation works here.

        Raises:
            SandboxUnavailableError: none does.
        """
        await run_cancellable(self._prepare)

    async def stop(self) -> None:
        """End everything that was started."""

    async def run(self, program: str, limits: Limits | None = None) -> ExecutionResult:
        """Run one program to its end or its limits.

        Raises:
            SandboxUnavailableError: no isolation works here.
            SandboxError: the sandbox broke, twice in a row.
        """
        source = program.encode(errors="surrogatepass")
        return await run_cancellable(lambda cancel: self._execute(source, limits or Limits(), cancel))

    def describe(self) -> SandboxDescription:
        """Say which isolation this is, trying it out if that was not done before."""
        return SandboxDescription(
            kind="bubblewrap",
            strength="strong",
            detail="own namespaces, no network, no files but the interpreter's, filtered system calls",
            packages=installed_packages(),
        )

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _execute(self, source: bytes, limits: Limits, cancellation: Cancellation) -> ExecutionResult:
        runner = self._prepare(cancellation)
        for _ in range(_ATTEMPTS - 1):
            try:
                return runner.execute(source, limits, cancellation)
            except SandboxError:
                continue
        return runner.execute(source, limits, cancellation)

    def _prepare(self, cancellation: Cancellation) -> ColdBubblewrap:
        with self._lock:
            if self._runner is None:
                self._runner = _probe(cancellation)
            return self._runner


def _probe(cancellation: Cancellation) -> ColdBubblewrap:
    reasons = []
    for bwrap in bubblewrap.candidates():
        runner = ColdBubblewrap(bwrap)
        try:
            result = runner.execute(_PROBE.encode(), Limits(wall_seconds=20), cancellation)
        except SandboxError as error:
            reasons.append(f"{bwrap}: {error}")
            continue
        if result.status is ExecutionStatus.OK and result.stdout == "42\n":
            return runner
        reasons.append(f"{bwrap}: {result.status} {result.stderr.strip()}")
    message = f"no isolation works on this machine ({'; '.join(reasons) or 'bubblewrap not found'})"
    raise SandboxUnavailableError(message)
