"""Runs each program in a bubblewrap sandbox of its own."""

from functools import partial

from codesteer.sandboxes.execution import ExecutionResult, Limits
from codesteer.sandboxes.local import bubblewrap
from codesteer.sandboxes.local.bubblewrap import Bubblewrap
from codesteer.sandboxes.local.place import OwnServer
from codesteer.sandboxes.local.seccomp import own_filter
from codesteer.sandboxes.local.server import Server, scratch_bytes
from codesteer.sandboxes.local.supervision import Supervisor
from codesteer.sandboxes.port import Strength
from codesteer.sandboxes.threads import Cancellation


class ColdBubblewrap:
    """Starts bubblewrap anew for every program; slower than a warm server, but needs less of the kernel."""

    kind = "bubblewrap"
    strength: Strength = "strong"
    detail = "own namespaces, no network, no files but the interpreter's, filtered system calls"

    def __init__(self, bwrap: Bubblewrap) -> None:
        self._bwrap = bwrap

    def execute(self, source: bytes, limits: Limits, cancellation: Cancellation) -> ExecutionResult:
        """Run one program to its end, in the calling thread.

        Raises:
            SandboxError: the sandbox broke.
        """
        identities = self._bwrap.identities()
        server = Server(
            partial(self._bwrap.cold_command, scratch_bytes(source, limits), identities),
            bubblewrap.OUTER_ENVIRONMENT,
            {"scratch": bubblewrap.SCRATCH, "filter": own_filter().hex(), "drop_root": self._bwrap.as_root},
            identities,
        )
        try:
            streams = server.start_program(source, limits)
            return Supervisor(streams, limits, OwnServer(server, limits), cancellation).supervise()
        finally:
            server.close()

    def prepare(self) -> None:
        """Nothing is shared by programs."""

    def close(self) -> None:
        """Nothing outlives a program."""
