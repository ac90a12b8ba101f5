"""The fork server: start programs on request and report how they ended.

The host sends messages over a packet socket: first the settings, then one request per program, each with four
descriptors: the program's source, its stdout, its stderr, and a socket for reports about this program. When the host
closes its end of the report socket, the server kills the program, even before it has reported the start.
"""

import json
import os
import select
import socket
import sys
from contextlib import nullcontext, suppress
from typing import Any

from . import hangup, process_tree
from .child import Child, RequestDescriptors
from .confinement import ProgramLimits, ServerSettings
from .namespace_pool import NamespacePool
from .preload import import_modules
from .program import hide_own_modules
from .reaping import reap_children
from .scratch import scratch_folder

_MESSAGE_BYTES = 65536
_POLL_MILLISECONDS = 100


def main() -> None:
    """Serve until the host disconnects, which may happen at any time."""
    control = socket.socket(fileno=int(sys.argv[1]))
    if message := control.recv(_MESSAGE_BYTES):
        settings = ServerSettings.from_message(json.loads(message))
        with scratch_folder(settings) if settings.readable is not None else nullcontext():
            _RequestLoop(control, settings).serve()


class _RequestLoop:
    def __init__(self, control: socket.socket, settings: ServerSettings) -> None:
        self._control = control
        self._settings = settings
        self._pool = NamespacePool(settings.namespaces) if settings.warm else None
        self._children: dict[int, Child] = {}
        self._reports: dict[int, Child] = {}
        self._poller = select.poll()
        self._poller.register(control, select.POLLIN)
        if settings.readable is not None:
            process_tree.take_control()
        if settings.warm:
            with hangup.exit_on_hangup(control):
                import_modules(settings.preload)
        hide_own_modules()

    def serve(self) -> None:
        with suppress(BrokenPipeError):
            self._control.send(b"ready")
        try:
            while self._serve_once():
                pass
        finally:
            if self._settings.readable is not None:
                process_tree.kill_descendants()

    def _serve_once(self) -> bool:
        for descriptor, _ in self._poller.poll(_POLL_MILLISECONDS):
            if descriptor in self._children:
                self._finish(descriptor)
            elif descriptor in self._reports:
                self._kill_abandoned(descriptor)
            elif descriptor == self._control.fileno() and not self._accept():
                return False
        reap_children(excluded={child.pid for child in self._children.values()})
        return True

    def _accept(self) -> bool:
        message, descriptors, _, _ = socket.recv_fds(self._control, _MESSAGE_BYTES, 4)
        if not message:
            return False
        request: dict[str, Any] = json.loads(message)
        child = Child.start(
            RequestDescriptors(*descriptors), ProgramLimits(**request), self._settings, self._pool
        )
        pidfd = os.pidfd_open(child.pid)
        self._children[pidfd] = child
        self._poller.register(pidfd, select.POLLIN)
        # The host may cancel the program at any time, even before its start is reported.
        self._reports[child.report.fileno()] = child
        self._poller.register(child.report, select.POLLRDHUP)
        child.report_start(pidfd)
        return True

    def _kill_abandoned(self, report: int) -> None:
        self._poller.unregister(report)
        self._reports.pop(report).kill()

    def _finish(self, pidfd: int) -> None:
        child = self._children.pop(pidfd)
        if self._reports.pop(child.report.fileno(), None):
            self._poller.unregister(child.report)
        self._poller.unregister(pidfd)
        os.close(pidfd)
        child.report_end()
