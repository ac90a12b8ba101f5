"""Fork each program from a server that has already imported the libraries."""

import threading
from contextlib import suppress
from functools import partial

from codesteer.errors import SandboxError
from codesteer.sandboxes.cancellation import Cancellation
from codesteer.sandboxes.execution import ExecutionResult, Limits
from codesteer.sandboxes.local import bubblewrap
from codesteer.sandboxes.local.bubblewrap import Bubblewrap
from codesteer.sandboxes.local.fork_server import ForkServer
from codesteer.sandboxes.local.program_handle import PidNamespaceHandle
from codesteer.sandboxes.local.seccomp import native_filter
from codesteer.sandboxes.local.shared_server import SharedServer
from codesteer.sandboxes.local.supervisor import Supervisor
from codesteer.sandboxes.port import Strength

_PRELOAD = (
    *("bisect", "collections", "copy", "dataclasses", "datetime", "decimal", "enum", "fractions"),
    *("functools", "heapq", "itertools", "json", "math", "operator", "random", "re", "statistics"),
    *("string", "time", "typing", "numpy", "scipy.optimize", "networkx", "sympy"),
    # Modules that sympy imports lazily when it solves or simplifies.
    *("sympy.combinatorics", "sympy.tensor.tensor", "sympy.physics.units.systems"),
)
_PROGRAMS_PER_SERVER = 1000


class WarmBubblewrap:
    """Runs a fork server in a bubblewrap sandbox; every program gets its own nested namespaces.

    The server is replaced after a number of programs and after any failure.
    """

    kind = "bubblewrap"
    strength: Strength = "strong"
    detail = "separate namespaces, no network, no files except the interpreter's, filtered system calls"

    def __init__(self, bwrap: Bubblewrap, programs_per_server: int = _PROGRAMS_PER_SERVER) -> None:
        self._bwrap = bwrap
        self._programs_per_server = programs_per_server
        self._lock = threading.Lock()
        self._current: SharedServer | None = None
        self._next: SharedServer | None = None
        self._closed = False

    @property
    def pending(self) -> bool:
        """Whether a program would have to wait for a server; ``prepare`` starts one."""
        current = self._current
        return current is None or current.starting

    def prepare(self) -> None:
        """Start the server in the background."""
        with suppress(SandboxError):  # the backend was closed meanwhile
            self._current_server()

    def execute(self, source: bytes, limits: Limits, cancellation: Cancellation) -> ExecutionResult:
        """Run a program in the calling thread until it ends.

        Raises:
            SandboxError: the sandbox failed or did not start, or the program was cancelled.
        """
        shared = self._current_server()
        try:
            server = shared.acquire(cancellation)
        except SandboxError:
            self._discard(shared)
            raise
        handle = PidNamespaceHandle(server, limits)
        try:
            streams = server.start_program(source, limits)
            return Supervisor(streams, limits, handle, cancellation).supervise()
        except SandboxError:
            handle.wait_until_dead()
            if not cancellation.requested:
                self._discard(shared)
            raise
        finally:
            handle.close()
            shared.release()

    def close(self) -> None:
        """Stop the server and kill all its programs, permanently."""
        with self._lock:
            self._closed = True
            servers = [server for server in (self._current, self._next) if server is not None]
            self._current = self._next = None
        for server in servers:
            server.retire(immediately=True)

    def _current_server(self) -> SharedServer:
        with self._lock:
            if self._closed:
                text = "the sandbox was stopped"
                raise SandboxError(text)
            if self._current is None:
                self._current = SharedServer(self._start_server)
            elif self._next is not None and self._next.ready:
                self._current.retire()
                self._current, self._next = self._next, None
            elif self._next is None and self._current.program_count >= self._programs_per_server:
                self._next = SharedServer(self._start_server)
            return self._current

    def _discard(self, server: SharedServer) -> None:
        with self._lock:
            if server is self._current:
                self._current = None
        server.retire()

    def _start_server(self) -> ForkServer:
        mapping = self._bwrap.new_user_mapping()
        return ForkServer(
            partial(self._bwrap.warm_command, mapping),
            bubblewrap.BWRAP_ENVIRONMENT,
            {
                "scratch": bubblewrap.SCRATCH,
                "filter": native_filter().hex(),
                "warm": True,
                "preload": _PRELOAD,
                "drop_root": self._bwrap.as_root,
            },
            mapping,
        )
