"""Forks each program from a server that has imported the libraries already."""

import threading
from contextlib import suppress
from functools import partial

from codesteer.errors import SandboxError
from codesteer.sandboxes.execution import ExecutionResult, Limits
from codesteer.sandboxes.local import bubblewrap
from codesteer.sandboxes.local.bubblewrap import Bubblewrap
from codesteer.sandboxes.local.place import OwnNamespace
from codesteer.sandboxes.local.seccomp import own_filter
from codesteer.sandboxes.local.server import Server
from codesteer.sandboxes.local.shift import Shift
from codesteer.sandboxes.local.supervision import Supervisor
from codesteer.sandboxes.port import Strength
from codesteer.sandboxes.threads import Cancellation

_PRELOAD = (
    *("bisect", "collections", "copy", "dataclasses", "datetime", "decimal", "enum", "fractions"),
    *("functools", "heapq", "itertools", "json", "math", "operator", "random", "re", "statistics"),
    *("string", "time", "typing", "numpy", "scipy.optimize", "networkx", "sympy"),
    # What sympy itself puts off until something is solved or simplified.
    *("sympy.combinatorics", "sympy.tensor.tensor", "sympy.physics.units.systems"),
)
_PROGRAMS_PER_SERVER = 1000


class WarmBubblewrap:
    """Keeps a server in a bubblewrap sandbox; every program gets namespaces of its own within.

    A server is replaced after a number of programs, or as soon as anything about it fails.
    """

    kind = "bubblewrap"
    strength: Strength = "strong"
    detail = "own namespaces, no network, no files but the interpreter's, filtered system calls"

    def __init__(self, bwrap: Bubblewrap, programs_per_server: int = _PROGRAMS_PER_SERVER) -> None:
        self._bwrap = bwrap
        self._programs_per_server = programs_per_server
        self._lock = threading.Lock()
        self._shift: Shift | None = None
        self._next: Shift | None = None
        self._closed = False

    @property
    def ready(self) -> bool:
        """Whether a program would start at once."""
        return self._shift is not None and self._shift.ready

    def prepare(self) -> None:
        """Begin to start the server, in the background."""
        with suppress(SandboxError):  # it was closed meanwhile
            self._current_shift()

    def execute(self, source: bytes, limits: Limits, cancellation: Cancellation) -> ExecutionResult:
        """Run one program to its end, in the calling thread.

        Raises:
            SandboxError: the sandbox broke, or its server cannot be started.
        """
        shift = self._current_shift()
        try:
            server = shift.join(cancellation)
        except SandboxError:
            self._discard(shift)
            raise
        place = OwnNamespace(server, limits)
        try:
            streams = server.start_program(source, limits)
            return Supervisor(streams, limits, place, cancellation).supervise()
        except SandboxError:
            place.await_end()
            if not cancellation.requested:
                self._discard(shift)
            raise
        finally:
            place.close()
            shift.leave()

    def close(self) -> None:
        """End the server and all programs under it, for good."""
        with self._lock:
            self._closed = True
            shifts = [shift for shift in (self._shift, self._next) if shift is not None]
            self._shift = self._next = None
        for shift in shifts:
            shift.end(at_once=True)

    def _current_shift(self) -> Shift:
        with self._lock:
            if self._closed:
                text = "the sandbox was stopped"
                raise SandboxError(text)
            if self._shift is None:
                self._shift = self._new_shift()
            elif self._next is not None and self._next.ready:
                self._shift.end()
                self._shift, self._next = self._next, None
            elif self._next is None and self._shift.programs >= self._programs_per_server:
                self._next = self._new_shift()
            return self._shift

    def _discard(self, shift: Shift) -> None:
        with self._lock:
            if shift is self._shift:
                self._shift = None
        shift.end()

    def _new_shift(self) -> Shift:
        return Shift(self._start_server)

    def _start_server(self) -> Server:
        identities = self._bwrap.identities()
        return Server(
            partial(self._bwrap.warm_command, identities),
            bubblewrap.OUTER_ENVIRONMENT,
            {
                "scratch": bubblewrap.SCRATCH,
                "filter": own_filter().hex(),
                "warm": True,
                "preload": _PRELOAD,
                "drop_root": self._bwrap.as_root,
            },
            identities,
        )
