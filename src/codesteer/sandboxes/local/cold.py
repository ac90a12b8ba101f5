"""Runs each program in a bubblewrap sandbox of its own."""

import os
from functools import partial
from pathlib import Path

from codesteer.sandboxes.execution import ExecutionResult, Limits
from codesteer.sandboxes.local import bubblewrap, processes
from codesteer.sandboxes.local.seccomp import build_filter
from codesteer.sandboxes.local.server import Server
from codesteer.sandboxes.local.supervision import Supervisor
from codesteer.sandboxes.local.syscalls import table_for
from codesteer.sandboxes.local.threads import Cancellation
from codesteer.sandboxes.local.watchdog import Watchdog


class ColdBubblewrap:
    """Starts bubblewrap anew for every program; slower than a warm server, but needs less of the kernel."""

    def __init__(self, bwrap: Path) -> None:
        self._bwrap = bwrap
        self._filter = build_filter(table_for(os.uname().machine)).hex()

    def execute(self, source: bytes, limits: Limits, cancellation: Cancellation) -> ExecutionResult:
        """Run one program to its end; the calling thread must be one that waits for it.

        Raises:
            SandboxError: the sandbox broke.
        """
        scratch_bytes = limits.disk_bytes + len(source)
        server = Server(
            partial(bubblewrap.command_line, self._bwrap, scratch_bytes),
            bubblewrap.OUTER_ENVIRONMENT,
            {"filter": self._filter},
        )
        place = _OwnServer(server, limits)
        try:
            streams = server.start_program(
                source,
                {
                    "memory_bytes": limits.memory_bytes,
                    "processes": limits.processes,
                    "scratch_bytes": scratch_bytes,
                },
            )
            return Supervisor(streams, limits, place, cancellation).supervise()
        finally:
            server.close()


class _OwnServer:
    """A server that exists for one program and dies with it."""

    def __init__(self, server: Server, limits: Limits) -> None:
        self._server = server
        self._limits = limits

    def kill(self) -> None:
        self._server.kill()

    def watch(self, pidfd: int) -> Watchdog | None:
        program = processes.pid_of(pidfd)
        if program is None:
            return None
        return Watchdog(self._limits, program, self._server.pid, bubblewrap.SCRATCH)

    def complaint(self) -> str:
        return self._server.last_words()
