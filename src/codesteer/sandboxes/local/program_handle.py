"""Handles through which a supervisor controls the processes of one program."""

import os
import select
import signal
from contextlib import suppress
from typing import Protocol

from codesteer.sandboxes.execution import Limits
from codesteer.sandboxes.local import bubblewrap, procfs, scratch
from codesteer.sandboxes.local.fork_server import ForkServer
from codesteer.sandboxes.local.watchdog import Watchdog

_KILL_SECONDS = 2.0


class ProgramHandle(Protocol):
    """Controls the processes of one program."""

    def attach(self, pidfds: list[int]) -> Watchdog | None:
        """Take ownership of the pidfds that the server reports; return a watchdog for the program.

        Returns None if the program has already exited.
        """
        ...

    def kill(self) -> None:
        """Kill the program and all its descendants if its start was reported; idempotent."""

    def last_error(self) -> str:
        """Return the last line of the sandbox's error output."""
        ...


class DedicatedServerHandle:
    """A program that has a fork server, with its own namespaces, to itself."""

    def __init__(self, server: ForkServer, limits: Limits) -> None:
        self._server = server
        self._limits = limits

    def attach(self, pidfds: list[int]) -> Watchdog | None:
        """Return a watchdog for all processes below the server."""
        program = procfs.pid_of(pidfds[0])
        for pidfd in pidfds:
            os.close(pidfd)
        if program is None:
            return None
        meter = scratch.filesystem_meter(f"/proc/{program}/root{bubblewrap.SCRATCH}")
        return Watchdog(self._limits, program, [self._server.pid], meter)

    def kill(self) -> None:
        """Kill the server."""
        self._server.kill()

    def last_error(self) -> str:
        """Return the last line of the server's error output."""
        return self._server.last_error_line()


class PidNamespaceHandle:
    """A program that has its own PID namespace below a shared fork server."""

    def __init__(self, server: ForkServer, limits: Limits) -> None:
        self._server = server
        self._limits = limits
        self._init_pidfd: int | None = None

    def attach(self, pidfds: list[int]) -> Watchdog | None:
        """Return a watchdog for the program and the orphans that its namespace's PID 1 adopts."""
        program_pidfd, self._init_pidfd = pidfds
        pids = [
            pid for pid in (procfs.pid_of(program_pidfd), procfs.pid_of(self._init_pidfd)) if pid is not None
        ]
        os.close(program_pidfd)
        if len(pids) < len(pidfds):
            return None
        return Watchdog(self._limits, pids[0], pids, scratch.no_meter)

    def kill(self) -> None:
        """Kill the namespace's PID 1, which makes the kernel kill all other processes in it."""
        if self._init_pidfd is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._init_pidfd, signal.SIGKILL)

    def last_error(self) -> str:
        """Return the last line of the server's error output."""
        return self._server.last_error_line()

    def wait_until_dead(self) -> None:
        """Wait until all processes of the namespace have exited after a kill, or a timeout expires."""
        if self._init_pidfd is not None:
            poller = select.poll()
            poller.register(self._init_pidfd, select.POLLIN)
            poller.poll(_KILL_SECONDS * 1000)

    def close(self) -> None:
        """Close the pidfd of the namespace."""
        if self._init_pidfd is not None:
            os.close(self._init_pidfd)
            self._init_pidfd = None


class LandlockDomainHandle(DedicatedServerHandle):
    """A program whose fork server has no namespaces and itself kills all descendants."""

    def __init__(self, server: ForkServer, limits: Limits, folder: str, scratch_bytes: int) -> None:
        super().__init__(server, limits)
        self._folder = folder
        self._scratch_bytes = scratch_bytes

    def attach(self, pidfds: list[int]) -> Watchdog | None:
        """Return a watchdog for all processes below the server."""
        program = procfs.pid_of(pidfds[0])
        os.close(pidfds[0])
        if program is None:
            return None
        meter = scratch.folder_meter(self._folder, self._scratch_bytes)
        return Watchdog(self._limits, program, [self._server.pid], meter)

    def kill(self) -> None:
        """Disconnect, which makes the server kill all descendants; kill the server if it does not exit."""
        self._server.disconnect()
