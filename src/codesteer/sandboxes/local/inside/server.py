"""Starts programs on request and reports how they ended.

The host talks over a packet socket: first one message of settings, then one per program, each with four
descriptors: the program's source, its stdout, its stderr, and a socket for reports on this program alone. When the host
closes its end of that socket, the program is killed, also before its start was reported.
"""

import json
import os
import select
import socket
import sys
from contextlib import nullcontext, suppress
from typing import Any

from . import host, kinsfolk
from .child import Child, Given
from .confinement import Allowance, Settings
from .nursery import Nursery
from .orphans import bury_orphans
from .preload import import_modules
from .program import forget_ourselves

_MESSAGE_BYTES = 65536
_PATIENCE_MILLISECONDS = 100


def main() -> None:
    """Serve until the host hangs up, which it may do at any time."""
    control = socket.socket(fileno=int(sys.argv[1]))
    if message := control.recv(_MESSAGE_BYTES):
        settings = Settings.from_message(json.loads(message))
        with kinsfolk.scratch(settings) if settings.readable is not None else nullcontext():
            _Server(control, settings).serve()


class _Server:
    def __init__(self, control: socket.socket, settings: Settings) -> None:
        self._control = control
        self._settings = settings
        self._nursery = Nursery(settings.surroundings) if settings.warm else None
        self._children: dict[int, Child] = {}
        self._reports: dict[int, Child] = {}
        self._poller = select.poll()
        self._poller.register(control, select.POLLIN)
        if settings.readable is not None:
            kinsfolk.take_charge()
        if settings.warm:
            with host.watched(control):
                import_modules(settings.preload)
        forget_ourselves()

    def serve(self) -> None:
        with suppress(BrokenPipeError):
            self._control.send(b"ready")
        try:
            while self._serve_once():
                pass
        finally:
            if self._settings.readable is not None:
                kinsfolk.kill_all()

    def _serve_once(self) -> bool:
        for descriptor, _ in self._poller.poll(_PATIENCE_MILLISECONDS):
            if descriptor in self._children:
                self._end(descriptor)
            elif descriptor in self._reports:
                self._abandon(descriptor)
            elif descriptor == self._control.fileno() and not self._accept():
                return False
        bury_orphans(spared={child.pid for child in self._children.values()})
        return True

    def _accept(self) -> bool:
        message, descriptors, _, _ = socket.recv_fds(self._control, _MESSAGE_BYTES, 4)
        if not message:
            return False
        request: dict[str, Any] = json.loads(message)
        child = Child.start(Given(*descriptors), Allowance(**request), self._settings, self._nursery)
        handle = os.pidfd_open(child.pid)
        self._children[handle] = child
        self._poller.register(handle, select.POLLIN)
        # Whoever has asked for the program may stop wanting it at any moment, also before its start is reported.
        self._reports[child.report.fileno()] = child
        self._poller.register(child.report, select.POLLRDHUP)
        child.report_start(handle)
        return True

    def _abandon(self, report: int) -> None:
        self._poller.unregister(report)
        self._reports.pop(report).kill()

    def _end(self, handle: int) -> None:
        child = self._children.pop(handle)
        if self._reports.pop(child.report.fileno(), None):
            self._poller.unregister(child.report)
        self._poller.unregister(handle)
        os.close(handle)
        child.report_end()
