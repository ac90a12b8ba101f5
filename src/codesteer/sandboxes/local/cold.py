"""Run each program in a new bubblewrap sandbox."""

from functools import partial

from codesteer.sandboxes.cancellation import Cancellation
from codesteer.sandboxes.execution import ExecutionResult, Limits
from codesteer.sandboxes.local import bubblewrap
from codesteer.sandboxes.local.bubblewrap import Bubblewrap
from codesteer.sandboxes.local.fork_server import ForkServer, scratch_size
from codesteer.sandboxes.local.program_handle import DedicatedServerHandle
from codesteer.sandboxes.local.seccomp import native_filter
from codesteer.sandboxes.local.supervisor import Supervisor
from codesteer.sandboxes.port import Strength


class ColdBubblewrap:
    """Starts a new bubblewrap for every program; slower than a warm server, but requires fewer kernel features."""

    kind = "bubblewrap"
    strength: Strength = "strong"
    detail = "separate namespaces, no network, no files except the interpreter's, filtered system calls"

    def __init__(self, bwrap: Bubblewrap) -> None:
        self._bwrap = bwrap

    def execute(self, source: bytes, limits: Limits, cancellation: Cancellation) -> ExecutionResult:
        """Run a program in the calling thread until it ends.

        Raises:
            SandboxError: the sandbox failed, or the program was cancelled.
        """
        mapping = self._bwrap.new_user_mapping()
        server = ForkServer(
            partial(self._bwrap.cold_command, scratch_size(source, limits), mapping),
            bubblewrap.BWRAP_ENVIRONMENT,
            {
                "scratch": bubblewrap.SCRATCH,
                "filter": native_filter().hex(),
                "drop_root": self._bwrap.as_root,
            },
            mapping,
        )
        try:
            streams = server.start_program(source, limits)
            return Supervisor(
                streams, limits, DedicatedServerHandle(server, limits), cancellation
            ).supervise()
        finally:
            server.close()

    def prepare(self) -> None:
        """Do nothing; there is no shared server."""

    def close(self) -> None:
        """Do nothing; there is no shared server."""
