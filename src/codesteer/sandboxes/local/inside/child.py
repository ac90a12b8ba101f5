"""One program's process: its start, its confinement, its end."""

import json
import os
import resource
import signal
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn, Self

from .confinement import Allowance, Settings, confine
from .nursery import Nursery
from .orphans import buried_seconds, bury_orphans
from .preload import reseed
from .program import run_program

_SETUP_FAILED = 127


@dataclass(frozen=True, slots=True)
class Given:
    """The descriptors that come with a request."""

    source: int
    stdout: int
    stderr: int
    report: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A program under way, as the server sees it."""

    pid: int
    holder: int | None
    """Process descriptor of the holder of the program's namespaces, if it has any."""
    report: socket.socket
    inherited_bytes: int
    """Memory that the program has from the server."""

    @classmethod
    def start(cls, given: Given, allowance: Allowance, settings: Settings, nursery: Nursery | None) -> Self:
        """Fork a process that runs the program; the given descriptors are used up."""
        inherited = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        holder = nursery.take_namespaces() if nursery else None
        pid = os.fork() if nursery is None or holder is None else nursery.fork_into(holder)
        if pid == 0:
            _become_program(given, allowance, settings, holder)
        for descriptor in (given.source, given.stdout, given.stderr):
            os.close(descriptor)
        report = socket.socket(fileno=given.report)
        return cls(pid=pid, holder=holder, report=report, inherited_bytes=inherited)

    def kill(self) -> None:
        """Kill the program and, where it has a holder, all that it started."""
        with suppress(ProcessLookupError):
            if self.holder is None:
                os.kill(self.pid, signal.SIGKILL)
            else:
                signal.pidfd_send_signal(self.holder, signal.SIGKILL)

    def report_start(self, handle: int) -> None:
        """Send the host process descriptors: the program's, and its holder's if it has one."""
        handles = [handle] if self.holder is None else [handle, self.holder]
        _send(self.report, {"event": "started"}, handles)

    def report_end(self) -> None:
        """Clear away what the program leaves behind and tell the host how it ended."""
        _, status, usage = os.wait4(self.pid, 0)
        end = {
            "event": "ended",
            "exit_code": os.waitstatus_to_exitcode(status),
            "cpu_seconds": self._cpu_seconds(usage),
            "peak_memory_bytes": max(usage.ru_maxrss * 1024 - self.inherited_bytes, 0),
        }
        if self.holder is not None:
            # The kernel now kills what the program has left running and clears away its mounts.
            self.kill()
            os.close(self.holder)
        with self.report as report:
            _send(report, end)

    def _cpu_seconds(self, program: resource.struct_rusage) -> float:
        """Return the processor time of the program and all its descendants that have ended, orphans included."""
        if self.holder is None:
            bury_orphans()
            all_children = resource.getrusage(resource.RUSAGE_CHILDREN)  # there was one program only
            return all_children.ru_utime + all_children.ru_stime
        return program.ru_utime + program.ru_stime + buried_seconds(self.holder)


def _become_program(given: Given, allowance: Allowance, settings: Settings, holder: int | None) -> NoReturn:
    try:
        with os.fdopen(given.source, "rb") as file:
            source = file.read()
        confine(settings, allowance, holder)
        _take_streams(given)
        path = os.path.join(settings.scratch, "program.py")
        with open(path, "wb") as file:
            file.write(source)
        reseed()
    except BaseException as error:
        reason = f"{type(error).__name__}: {error}"
        _send(socket.socket(fileno=given.report), {"event": "failed", "reason": reason})
        os._exit(_SETUP_FAILED)
    os.close(given.report)
    run_program(path, source)


def _take_streams(given: Given) -> None:
    """Make the program's streams 0 to 2 and close all else but the report."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, number in ((nothing, 0), (given.stdout, 1), (given.stderr, 2)):
        os.dup2(descriptor, number)
    os.closerange(3, given.report)
    os.closerange(given.report + 1, 65536)


def _send(report: socket.socket, event: dict[str, Any], handles: list[int] | None = None) -> None:
    with suppress(BrokenPipeError, ConnectionResetError):  # the host no longer wants to know
        socket.send_fds(report, [json.dumps(event).encode()], handles or [])
