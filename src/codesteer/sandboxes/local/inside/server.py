"""Starts programs on request, each in a process of its own, and reports how they ended.

The host talks over a packet socket: first one message of settings, then one per program, each with four
descriptors: the program's source, its stdout, its stderr, and a socket for reports on this program alone.
"""

import json
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn

from .isolation import confine, take_descriptors
from .program import run_program

MESSAGE_BYTES = 65536
SETUP_FAILED = 127


@dataclass(frozen=True, slots=True)
class _Child:
    pid: int
    report: socket.socket
    memory_at_start: int


def main() -> None:
    """Serve until the host hangs up."""
    control = socket.socket(fileno=int(sys.argv[1]))
    settings = json.loads(control.recv(MESSAGE_BYTES))
    control.send(b"ready")
    _Server(control, settings).serve()


class _Server:
    def __init__(self, control: socket.socket, settings: dict[str, Any]) -> None:
        self._control = control
        self._settings = settings
        self._children: dict[int, _Child] = {}
        self._poller = select.poll()
        self._poller.register(control, select.POLLIN)

    def serve(self) -> None:
        while True:
            for descriptor, _ in self._poller.poll():
                if descriptor in self._children:
                    self._report_end(descriptor)
                elif not self._accept():
                    return

    def _accept(self) -> bool:
        message, descriptors, _, _ = socket.recv_fds(self._control, MESSAGE_BYTES, 4)
        if not message:
            return False
        request = json.loads(message)
        source, stdout, stderr, report = descriptors
        memory = _resident_bytes()
        pid = os.fork()
        if pid == 0:
            self._become_program(request, source, stdout, stderr, report)
        for descriptor in (source, stdout, stderr):
            os.close(descriptor)
        self._watch(_Child(pid, socket.socket(fileno=report), memory))
        return True

    def _watch(self, child: _Child) -> None:
        handle = os.pidfd_open(child.pid)
        self._children[handle] = child
        self._poller.register(handle, select.POLLIN)
        socket.send_fds(child.report, [json.dumps({"event": "started"}).encode()], [handle])

    def _report_end(self, handle: int) -> None:
        child = self._children.pop(handle)
        self._poller.unregister(handle)
        os.close(handle)
        _, status, usage = os.wait4(child.pid, 0)
        end = {
            "event": "ended",
            "exit_code": os.waitstatus_to_exitcode(status),
            "cpu_seconds": usage.ru_utime + usage.ru_stime,
            "peak_memory_bytes": max(usage.ru_maxrss * 1024 - child.memory_at_start, 0),
        }
        with child.report as report:
            _send(report, end)

    def _become_program(
        self, request: dict[str, Any], source: int, stdout: int, stderr: int, report: int
    ) -> NoReturn:
        try:
            text = _read_all(source)
            take_descriptors(stdout, stderr, keep=report)
            confine({**self._settings, **request})
            path = _write_program(text)
        except BaseException as error:
            _send(
                socket.socket(fileno=report),
                {"event": "failed", "reason": f"{type(error).__name__}: {error}"},
            )
            os._exit(SETUP_FAILED)
        os.close(report)
        run_program(path, text)


def _write_program(text: bytes) -> str:
    path = os.path.join(os.getcwd(), "program.py")
    with open(path, "wb") as file:
        file.write(text)
    return path


def _read_all(descriptor: int) -> bytes:
    with os.fdopen(descriptor, "rb") as file:
        return file.read()


def _send(report: socket.socket, event: dict[str, Any]) -> None:
    with suppress(BrokenPipeError, ConnectionResetError):  # the host no longer wants to know
        report.send(json.dumps(event).encode())


def _resident_bytes() -> int:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


signal.signal(signal.SIGINT, signal.SIG_DFL)
