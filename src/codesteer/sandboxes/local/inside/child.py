"""The process of one program: start, confinement and end."""

import json
import os
import resource
import signal
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn, Self

from .confinement import ProgramLimits, ServerSettings, confine
from .namespace_pool import NamespacePool
from .preload import reseed_generators
from .program import run_program
from .reaping import reap_children, reaped_cpu_seconds

_SETUP_FAILED = 127


@dataclass(frozen=True, slots=True)
class RequestDescriptors:
    """The descriptors that are sent with a request."""

    source: int
    stdout: int
    stderr: int
    report: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A running program, as the server sees it."""

    pid: int
    holder: int | None
    """pidfd of the process that holds the program's namespaces, if it has any."""
    report: socket.socket
    inherited_bytes: int
    """Memory that the program inherited from the server."""

    @classmethod
    def start(
        cls,
        descriptors: RequestDescriptors,
        limits: ProgramLimits,
        settings: ServerSettings,
        pool: NamespacePool | None,
    ) -> Self:
        """Fork a process that runs the program; takes ownership of the descriptors."""
        inherited = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        holder = pool.acquire() if pool else None
        pid = os.fork() if pool is None or holder is None else pool.fork_into(holder)
        if pid == 0:
            _run_in_child(descriptors, limits, settings, holder)
        for descriptor in (descriptors.source, descriptors.stdout, descriptors.stderr):
            os.close(descriptor)
        report = socket.socket(fileno=descriptors.report)
        return cls(pid=pid, holder=holder, report=report, inherited_bytes=inherited)

    def kill(self) -> None:
        """Kill the program and, if it has a namespace holder, all its descendants."""
        with suppress(ProcessLookupError):
            if self.holder is None:
                os.kill(self.pid, signal.SIGKILL)
            else:
                signal.pidfd_send_signal(self.holder, signal.SIGKILL)

    def report_start(self, pidfd: int) -> None:
        """Send the host the pidfds of the program and, if it has one, of its namespace holder."""
        pidfds = [pidfd] if self.holder is None else [pidfd, self.holder]
        _send(self.report, {"event": "started"}, pidfds)

    def report_end(self) -> None:
        """Kill the remaining descendants and report how the program ended."""
        _, status, usage = os.wait4(self.pid, 0)
        end = {
            "event": "ended",
            "exit_code": os.waitstatus_to_exitcode(status),
            "cpu_seconds": self._cpu_seconds(usage),
            "peak_memory_bytes": max(usage.ru_maxrss * 1024 - self.inherited_bytes, 0),
        }
        if self.holder is not None:
            # The kernel now kills the remaining descendants and removes the mounts.
            self.kill()
            os.close(self.holder)
        with self.report as report:
            _send(report, end)

    def _cpu_seconds(self, program: resource.struct_rusage) -> float:
        """Return the CPU time of the program and all its reaped descendants, including orphans."""
        if self.holder is None:
            reap_children()
            all_children = resource.getrusage(resource.RUSAGE_CHILDREN)  # this server runs only one program
            return all_children.ru_utime + all_children.ru_stime
        return program.ru_utime + program.ru_stime + reaped_cpu_seconds(self.holder)


def _run_in_child(
    descriptors: RequestDescriptors, limits: ProgramLimits, settings: ServerSettings, holder: int | None
) -> NoReturn:
    try:
        with os.fdopen(descriptors.source, "rb") as file:
            source = file.read()
        confine(settings, limits, holder)
        _redirect_streams(descriptors)
        path = os.path.join(settings.scratch, "program.py")
        with open(path, "wb") as file:
            file.write(source)
        reseed_generators()
    except BaseException as error:
        reason = f"{type(error).__name__}: {error}"
        _send(socket.socket(fileno=descriptors.report), {"event": "failed", "reason": reason})
        os._exit(_SETUP_FAILED)
    os.close(descriptors.report)
    run_program(path, source)


def _redirect_streams(descriptors: RequestDescriptors) -> None:
    """Redirect stdin, stdout and stderr, and close all other descriptors except the report socket."""
    devnull = os.open(os.devnull, os.O_RDONLY)
    for descriptor, number in ((devnull, 0), (descriptors.stdout, 1), (descriptors.stderr, 2)):
        os.dup2(descriptor, number)
    os.closerange(3, descriptors.report)
    os.closerange(descriptors.report + 1, 65536)


def _send(report: socket.socket, event: dict[str, Any], pidfds: list[int] | None = None) -> None:
    with suppress(BrokenPipeError, ConnectionResetError):  # the host has closed its end
        socket.send_fds(report, [json.dumps(event).encode()], pidfds or [])
