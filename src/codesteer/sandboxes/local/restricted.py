"""Runs programs under Landlock and a system call filter, for machines that refuse namespaces."""

import os
import secrets
import tempfile
from functools import partial

from codesteer.sandboxes.execution import ExecutionResult, Limits
from codesteer.sandboxes.local import bubblewrap, scratch
from codesteer.sandboxes.local.interpreter import readable_paths
from codesteer.sandboxes.local.place import OwnDomain
from codesteer.sandboxes.local.seccomp import own_filter
from codesteer.sandboxes.local.server import Server
from codesteer.sandboxes.local.supervision import Supervisor
from codesteer.sandboxes.port import Strength
from codesteer.sandboxes.threads import Cancellation


class Restricted:
    """Starts a server for every program that confines it without namespaces."""

    kind = "landlock"
    strength: Strength = "restricted"
    detail = (
        "no sockets, no files but the interpreter's, filtered system calls; in the machine's own namespaces, "
        "so that processes and disk are limited by watching only"
    )

    def __init__(self, *, drop_root: bool = False) -> None:
        """Args: ``drop_root``: have programs belong to nobody; for root, if nobody may read the interpreter."""
        self._drop_root = drop_root

    def execute(self, source: bytes, limits: Limits, cancellation: Cancellation) -> ExecutionResult:
        """Run one program to its end, in the calling thread.

        Raises:
            SandboxError: the sandbox broke.
        """
        # The server makes the folder and removes it: were it made here, it would stay if we were killed just then.
        folder = os.path.join(tempfile.gettempdir(), f"codesteer-{secrets.token_hex(8)}")
        try:
            return self._execute_in(folder, source, limits, cancellation)
        finally:
            scratch.remove(folder)

    def prepare(self) -> None:
        """Nothing is shared by programs."""

    def close(self) -> None:
        """Nothing outlives a program."""

    def _execute_in(
        self, folder: str, source: bytes, limits: Limits, cancellation: Cancellation
    ) -> ExecutionResult:
        server = Server(
            partial(bubblewrap.server_command, str(bubblewrap.INSIDE.parent)),
            bubblewrap.INNER_ENVIRONMENT | {"HOME": folder, "TMPDIR": folder},
            {
                "scratch": folder,
                "filter": own_filter(sharing=True).hex(),
                "drop_root": self._drop_root,
                "readable": [str(path) for path in readable_paths()],
            },
        )
        try:
            streams = server.start_program(source, limits)
            return Supervisor(streams, limits, OwnDomain(server, limits, folder), cancellation).supervise()
        finally:
            server.hang_up()
            server.close()
