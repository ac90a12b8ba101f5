"""The local sandbox."""

import os
import threading
import weakref

from codesteer.errors import SandboxError
from codesteer.sandboxes.cancellation import Cancellation, run_cancellable
from codesteer.sandboxes.execution import ExecutionResult, Limits
from codesteer.sandboxes.local.backend import IsolationBackend
from codesteer.sandboxes.local.detection import Isolation, detect_backend
from codesteer.sandboxes.packages import installed_packages
from codesteer.sandboxes.port import Sandbox, SandboxDescription
from codesteer.sandboxes.source import source_of

_ATTEMPTS = 2
_POLL_SECONDS = 0.05


class LocalSandbox(Sandbox):
    """Runs programs in isolated processes on this machine.

    Safe to share between tasks, threads and event loops; reuse one sandbox for all programs. One program per CPU runs
    at a time, but at least two; the others wait. A fork of the process begins anew: it has its own backend and leaves
    its parent's programs alone.
    """

    def __init__(self, isolation: Isolation = "auto") -> None:
        """Choose the isolation; ``auto`` uses the best backend that works on this machine."""
        self._isolation: Isolation = isolation
        self._begin()
        _sandboxes.add(self)

    def _begin(self) -> None:
        """Begin without a backend and without programs; in a fork, because the parent's threads may have held locks."""
        self._lock = threading.Lock()
        self._backend: IsolationBackend | None = None
        self._running: set[Cancellation] = set()
        self._slots = threading.BoundedSemaphore(max(2, os.cpu_count() or 1))

    async def start(self) -> None:
        """Detect which isolation works on this machine.

        Raises:
            SandboxUnavailableError: no isolation works, or not the requested one.
        """
        await run_cancellable(self._ensure_backend)

    async def stop(self) -> None:
        """Kill all programs and stop the backend; running programs raise SandboxError."""
        await run_cancellable(self._close)

    async def run(self, program: str, limits: Limits | None = None) -> ExecutionResult:
        """Run a program until it exits or exceeds a limit.

        Raises:
            SandboxUnavailableError: no isolation works, or not the requested one.
            SandboxError: the sandbox failed twice in a row.
        """
        source = source_of(program)
        return await run_cancellable(lambda cancel: self._execute(source, limits or Limits(), cancel))

    def describe(self) -> SandboxDescription:
        """Describe the isolation; detects it first if the sandbox has not been started.

        Raises:
            SandboxUnavailableError: no isolation works, or not the requested one.
        """
        with Cancellation() as never_requested:
            backend = self._ensure_backend(never_requested)
        return SandboxDescription(
            kind=backend.kind, strength=backend.strength, detail=backend.detail, packages=installed_packages()
        )

    def _execute(self, source: bytes, limits: Limits, cancellation: Cancellation) -> ExecutionResult:
        self._running.add(cancellation)
        try:
            self._acquire_slot(cancellation)
            try:
                return self._execute_with_retry(source, limits, cancellation)
            finally:
                self._slots.release()
        finally:
            self._running.discard(cancellation)

    def _execute_with_retry(
        self, source: bytes, limits: Limits, cancellation: Cancellation
    ) -> ExecutionResult:
        for attempt in range(1, _ATTEMPTS + 1):
            backend = self._ensure_backend(cancellation)
            try:
                return backend.execute(source, limits, cancellation)
            except SandboxError:
                if attempt == _ATTEMPTS or cancellation.requested:
                    raise
        raise AssertionError

    def _acquire_slot(self, cancellation: Cancellation) -> None:
        while not cancellation.requested:
            if self._slots.acquire(timeout=_POLL_SECONDS):
                return
        text = "the program was cancelled before it started"
        raise SandboxError(text)

    def _ensure_backend(self, cancellation: Cancellation) -> IsolationBackend:
        with self._lock:
            if self._backend is None:
                self._backend = detect_backend(self._isolation, cancellation)
                self._backend.prepare()
            return self._backend

    def _close(self, cancellation: Cancellation) -> None:
        with self._lock:
            backend, self._backend = self._backend, None
        for running in list(self._running):
            running.request()
        if backend is not None:
            backend.close()


def _begin_in_fork() -> None:
    for sandbox in list(_sandboxes):
        sandbox._begin()


_sandboxes: weakref.WeakSet[LocalSandbox] = weakref.WeakSet()
os.register_at_fork(after_in_child=_begin_in_fork)
