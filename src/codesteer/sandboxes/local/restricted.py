"""Run programs under Landlock and a system call filter, for machines that do not allow namespaces."""

import os
import secrets
import tempfile
from functools import partial

from codesteer.sandboxes.cancellation import Cancellation
from codesteer.sandboxes.execution import ExecutionResult, Limits
from codesteer.sandboxes.local import bubblewrap, scratch
from codesteer.sandboxes.local.fork_server import ForkServer, scratch_size
from codesteer.sandboxes.local.interpreter import readable_paths
from codesteer.sandboxes.local.program_handle import LandlockDomainHandle
from codesteer.sandboxes.local.seccomp import native_filter
from codesteer.sandboxes.local.supervisor import Supervisor
from codesteer.sandboxes.port import Strength


class RestrictedLandlock:
    """Starts a fork server for every program and confines the program without namespaces."""

    kind = "landlock"
    strength: Strength = "restricted"
    detail = (
        "no sockets, no files except the interpreter's, filtered system calls; in the host's namespaces, "
        "so process and disk limits are enforced by monitoring only"
    )

    def __init__(self, *, drop_root: bool = False) -> None:
        """Run programs as ``nobody`` if ``drop_root`` is set; this requires root and a world-readable interpreter."""
        self._drop_root = drop_root

    def execute(self, source: bytes, limits: Limits, cancellation: Cancellation) -> ExecutionResult:
        """Run a program in the calling thread until it ends.

        Raises:
            SandboxError: the sandbox failed, or the program was cancelled.
        """
        # The server creates and removes the folder: this process might be killed before it could remove it.
        folder = os.path.join(tempfile.gettempdir(), f"codesteer-{secrets.token_hex(8)}")
        try:
            return self._execute_in(folder, source, limits, cancellation)
        finally:
            scratch.remove_folder(folder)

    def prepare(self) -> None:
        """Do nothing; there is no shared server."""

    def close(self) -> None:
        """Do nothing; there is no shared server."""

    def _execute_in(
        self, folder: str, source: bytes, limits: Limits, cancellation: Cancellation
    ) -> ExecutionResult:
        server = ForkServer(
            partial(bubblewrap.server_command, str(bubblewrap.INSIDE.parent)),
            bubblewrap.PROGRAM_ENVIRONMENT | {"HOME": folder, "TMPDIR": folder},
            {
                "scratch": folder,
                "filter": native_filter(in_host_namespaces=True).hex(),
                "drop_root": self._drop_root,
                "readable": [str(path) for path in readable_paths()],
            },
        )
        try:
            streams = server.start_program(source, limits)
            handle = LandlockDomainHandle(server, limits, folder, scratch_size(source, limits))
            return Supervisor(streams, limits, handle, cancellation).supervise()
        finally:
            server.disconnect()
            server.close()
