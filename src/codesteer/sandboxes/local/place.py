"""Where a program runs, as far as its supervisor has to know."""

import os
import select
import signal
from contextlib import suppress
from typing import Protocol

from codesteer.sandboxes.execution import Limits
from codesteer.sandboxes.local import bubblewrap, processes, scratch
from codesteer.sandboxes.local.server import Server
from codesteer.sandboxes.local.watchdog import Watchdog

_DEATH_SECONDS = 2.0


class Place(Protocol):
    """The surroundings of one program."""

    def started(self, handles: list[int]) -> Watchdog | None:
        """Take charge of the process descriptors that the server reports; return the program's watchdog.

        The watchdog is None if the program has ended already.
        """
        ...

    def kill(self) -> None:
        """End the program and all its descendants if its start was reported; may be called again."""

    def complaint(self) -> str:
        """Return in one line what the sandbox said when it broke."""
        ...


class OwnServer:
    """A server, in namespaces of its own, that exists for one program and dies with it."""

    def __init__(self, server: Server, limits: Limits) -> None:
        self._server = server
        self._limits = limits

    def started(self, handles: list[int]) -> Watchdog | None:
        """Return a watchdog over all that the server started."""
        program = processes.pid_of(handles[0])
        for handle in handles:
            os.close(handle)
        if program is None:
            return None
        meter = scratch.mounted(f"/proc/{program}/root{bubblewrap.SCRATCH}")
        return Watchdog(self._limits, program, [self._server.pid], meter)

    def kill(self) -> None:
        """Kill the server."""
        self._server.kill()

    def complaint(self) -> str:
        """Return what the server said."""
        return self._server.last_words()


class OwnNamespace:
    """A process-id namespace that exists for one program, under a server that is shared."""

    def __init__(self, server: Server, limits: Limits) -> None:
        self._server = server
        self._limits = limits
        self._first: int | None = None

    def started(self, handles: list[int]) -> Watchdog | None:
        """Return a watchdog over the program and those whose parents have ended."""
        handle, self._first = handles
        pids = [pid for pid in (processes.pid_of(handle), processes.pid_of(self._first)) if pid is not None]
        os.close(handle)
        if len(pids) < len(handles):
            return None
        return Watchdog(self._limits, pids[0], pids, scratch.unmetered)

    def kill(self) -> None:
        """Kill the namespace's first process; the kernel then kills all others."""
        if self._first is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._first, signal.SIGKILL)

    def complaint(self) -> str:
        """Return what the server said."""
        return self._server.last_words()

    def await_end(self) -> None:
        """Return when all in the namespace have ended after a kill, or after a while."""
        if self._first is not None:
            poller = select.poll()
            poller.register(self._first, select.POLLIN)
            poller.poll(_DEATH_SECONDS * 1000)

    def close(self) -> None:
        """Let go of the namespace."""
        if self._first is not None:
            os.close(self._first)
            self._first = None


class OwnDomain(OwnServer):
    """A server without namespaces, which itself sees to it that nothing of its one program is left."""

    def __init__(self, server: Server, limits: Limits, folder: str) -> None:
        super().__init__(server, limits)
        self._folder = folder

    def started(self, handles: list[int]) -> Watchdog | None:
        """Return a watchdog over all that the server started."""
        program = processes.pid_of(handles[0])
        os.close(handles[0])
        if program is None:
            return None
        meter = scratch.folder(self._folder, self._limits.disk_bytes)
        return Watchdog(self._limits, program, [self._server.pid], meter)

    def kill(self) -> None:
        """Hang up, which makes the server kill everything; then see to it that it did."""
        self._server.hang_up()
