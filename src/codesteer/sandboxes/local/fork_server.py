"""Start and control the fork server, the process inside a sandbox that starts programs."""

import json
import os
import select
import signal
import socket
import subprocess
import tempfile
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from codesteer.errors import SandboxError
from codesteer.sandboxes.execution import Limits
from codesteer.sandboxes.local import procfs
from codesteer.sandboxes.local.user_mapping import UserMapping

_MESSAGE_BYTES = 65536
_ERROR_TAIL_BYTES = 2000
_DISCONNECT_SECONDS = 1.0
_KILL_SECONDS = 0.5
_POLL_SECONDS = 0.02
_PAGE_BYTES = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramStreams:
    """The host's ends of a program's streams."""

    stdout: int
    stderr: int
    report: socket.socket
    """The socket on which the server reports the program's start and end as JSON packets."""

    def close(self) -> None:
        """Close all streams."""
        os.close(self.stdout)
        os.close(self.stderr)
        self.report.close()


class ForkServer:
    """A fork server process, which exits when its host disconnects or exits.

    In a fork of the host, the object is inert: the server is still the host's.
    """

    def __init__(
        self,
        command: Callable[[int], Sequence[str]],
        environment: Mapping[str, str],
        settings: Mapping[str, Any],
        mapping: UserMapping | None = None,
    ) -> None:
        """Start the server.

        Args:
            command: returns the command line, given the inherited control socket.
            environment: the complete environment of the command.
            settings: the first message to the server.
            mapping: maps users into the sandbox, if the command waits for it.

        Raises:
            SandboxError: the command exited immediately.
        """
        self._owner = os.getpid()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 closed with the server
        self._control, server_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with server_end:
            self._process = subprocess.Popen(  # noqa: S603 no shell and no external input
                command(server_end.fileno()),
                stdin=subprocess.DEVNULL,
                stdout=self._errors,
                stderr=self._errors,
                env=dict(environment),
                pass_fds=[server_end.fileno(), *(mapping.descriptors if mapping else ())],
                start_new_session=True,
            )
        self._pidfd = os.pidfd_open(self._process.pid)
        _servers.add(self)
        try:
            if mapping is not None:
                mapping.apply()
            self._send(json.dumps(dict(settings)).encode())
        except SandboxError as error:
            error_line = self.last_error_line()
            self.close()
            message = f"the sandbox's server did not start: {error} ({error_line})"
            raise SandboxError(message) from error

    @property
    def pid(self) -> int:
        """The PID of the command."""
        return self._process.pid

    def start_program(self, source: bytes, limits: Limits) -> ProgramStreams:
        """Start a program and return its streams.

        Raises:
            SandboxError: the server has exited.
        """
        program = _memfd(source)
        stdout, child_stdout = os.pipe()
        stderr, child_stderr = os.pipe()
        report, child_report = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        streams = ProgramStreams(stdout=stdout, stderr=stderr, report=report)
        descriptors = [program, child_stdout, child_stderr, child_report.fileno()]
        request = {
            "memory_bytes": limits.memory_bytes,
            "processes": limits.processes,
            "scratch_bytes": scratch_size(source, limits),
        }
        try:
            self._send(json.dumps(request).encode(), descriptors)
        except SandboxError:
            streams.close()
            raise
        finally:
            child_report.close()
            for descriptor in (program, child_stdout, child_stderr):
                os.close(descriptor)
        return streams

    def last_error_line(self) -> str:
        """Return the last line of the command's output, for error messages."""
        self._errors.seek(0)
        text = self._errors.read(_ERROR_TAIL_BYTES).decode(errors="replace")
        return text.rstrip().rpartition("\n")[2] or "no message"

    def wait_ready(self, timeout_seconds: float) -> None:
        """Wait until the server is ready.

        Raises:
            SandboxError: it exited or took too long.
        """
        self._control.settimeout(timeout_seconds)
        try:
            answer = self._control.recv(_MESSAGE_BYTES)
        except TimeoutError as error:
            text = f"the sandbox's server is not ready after {timeout_seconds:.0f} s"
            raise SandboxError(text) from error
        except OSError:
            answer = b""
        if not answer:
            text = f"the sandbox's server exited during startup: {self.last_error_line()}"
            raise SandboxError(text)

    def wait(self) -> None:
        """Wait until the server exits."""
        self._process.wait()

    def disconnect(self) -> None:
        """Make the server clean up and exit; kill it if it does not exit in time."""
        if os.getpid() != self._owner:
            return
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        if not self._exits_within(_DISCONNECT_SECONDS):
            self.kill()

    def kill(self) -> None:
        """Kill the server and, if it has namespaces, all its descendants; idempotent.

        Bubblewrap's child is PID 1 of the namespace. When it is killed, the kernel kills all other processes of the
        namespace before bubblewrap exits, so waiting for bubblewrap waits for all of them.
        """
        if os.getpid() != self._owner:
            return
        give_up_at = time.monotonic() + _KILL_SECONDS
        while self._process.returncode is None:
            for child in procfs.children(self.pid):
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            if not self._exits_within(_POLL_SECONDS) and time.monotonic() < give_up_at:
                continue  # the child may not exist yet
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            self._process.wait()

    def disconnect_child(self) -> None:
        """Close the control socket in a fork of this process; an open copy would keep the server alive."""
        self._control.close()

    def _exits_within(self, seconds: float) -> bool:
        poller = select.poll()
        poller.register(self._pidfd, select.POLLIN)
        return bool(poller.poll(seconds * 1000))

    def close(self) -> None:
        """Kill the server and close its descriptors."""
        self.kill()
        os.close(self._pidfd)
        self._control.close()
        self._errors.close()

    def _send(self, message: bytes, descriptors: Sequence[int] = ()) -> None:
        try:
            socket.send_fds(self._control, [message], list(descriptors))
        except OSError as error:
            text = f"the sandbox's server has exited: {self.last_error_line()}"
            raise SandboxError(text) from error


def _disconnect_servers() -> None:
    for server in list(_servers):
        server.disconnect_child()


_servers: weakref.WeakSet[ForkServer] = weakref.WeakSet()
os.register_at_fork(after_in_child=_disconnect_servers)


def scratch_size(source: bytes, limits: Limits) -> int:
    """Return the size in bytes of a program's scratch space: its disk limit plus its source file."""
    return limits.disk_bytes + len(source) + _PAGE_BYTES


def _memfd(content: bytes) -> int:
    descriptor = os.memfd_create("program")
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor
