"""The host's end of the server that starts programs inside a sandbox."""

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
from codesteer.sandboxes.local import processes
from codesteer.sandboxes.local.identities import Identities

_MESSAGE_BYTES = 65536
_LAST_WORDS_BYTES = 2000
_HANG_UP_SECONDS = 1.0
_DEATH_SECONDS = 0.5
_LOOK_SECONDS = 0.02
_PAGE_BYTES = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    """The host's ends of what a program was given."""

    stdout: int
    stderr: int
    report: socket.socket
    """Packets of JSON on how the program fares; closed by the server after the last."""

    def close(self) -> None:
        """Close all three."""
        os.close(self.stdout)
        os.close(self.stderr)
        self.report.close()


class Server:
    """One server process, which ends when its host hangs up or is no more."""

    def __init__(
        self,
        command: Callable[[int], Sequence[str]],
        environment: Mapping[str, str],
        settings: Mapping[str, Any],
        identities: Identities | None = None,
    ) -> None:
        """Start the server.

        Args:
            command: makes the command line from the number of the inherited control socket.
            environment: the environment of the command, the whole of it.
            settings: the first message to the server.
            identities: gives the command its users, where it waits for that.

        Raises:
            SandboxError: the command ends at once.
        """
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 closed with the server
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 no shell, and no words but our own
                command(theirs.fileno()),
                stdin=subprocess.DEVNULL,
                stdout=self._errors,
                stderr=self._errors,
                env=dict(environment),
                pass_fds=[theirs.fileno(), *(identities.descriptors if identities else ())],
                start_new_session=True,
            )
        self._handle = os.pidfd_open(self._process.pid)
        _servers.add(self)
        try:
            if identities is not None:
                identities.grant()
            self._send(json.dumps(dict(settings)).encode())
        except SandboxError as error:
            words = self.last_words()
            self.close()
            message = f"the sandbox's server does not start: {error} ({words})"
            raise SandboxError(message) from error

    @property
    def pid(self) -> int:
        """The process id of the command."""
        return self._process.pid

    def start_program(self, source: bytes, limits: Limits) -> Streams:
        """Have a program started and return the ends of its streams.

        Raises:
            SandboxError: the server is gone.
        """
        program = _in_memory(source)
        stdout, their_stdout = os.pipe()
        stderr, their_stderr = os.pipe()
        report, their_report = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        streams = Streams(stdout=stdout, stderr=stderr, report=report)
        given = [program, their_stdout, their_stderr, their_report.fileno()]
        allowance = {
            "memory_bytes": limits.memory_bytes,
            "processes": limits.processes,
            "scratch_bytes": scratch_bytes(source, limits),
        }
        try:
            self._send(json.dumps(allowance).encode(), given)
        except SandboxError:
            streams.close()
            raise
        finally:
            their_report.close()
            for descriptor in (program, their_stdout, their_stderr):
                os.close(descriptor)
        return streams

    def last_words(self) -> str:
        """Return the last line that the command itself wrote to its output, for error messages."""
        self._errors.seek(0)
        text = self._errors.read(_LAST_WORDS_BYTES).decode(errors="replace")
        return text.rstrip().rpartition("\n")[2] or "no message"

    def await_ready(self, timeout_seconds: float) -> None:
        """Return when the server has made its preparations.

        Raises:
            SandboxError: it ended or took too long.
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
            text = f"the sandbox's server does not get ready: {self.last_words()}"
            raise SandboxError(text)

    def wait(self) -> None:
        """Return when the server has ended."""
        self._process.wait()

    def hang_up(self) -> None:
        """Have the server clean up and end by itself; kill it if it does not."""
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        if not self._ends_within(_HANG_UP_SECONDS):
            self.kill()

    def kill(self) -> None:
        """Kill the server and, with its namespaces, everything it started; calling twice is harmless.

        Bubblewrap's child is the first process of the namespace. If it is killed, bubblewrap itself ends when the
        kernel has ended all others, so that to wait for it is to wait for all.
        """
        give_up_at = time.monotonic() + _DEATH_SECONDS
        while self._process.returncode is None:
            for child in processes.children(self.pid):
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            if not self._ends_within(_LOOK_SECONDS) and time.monotonic() < give_up_at:
                continue  # it may not have had a child yet
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            self._process.wait()

    def forget(self) -> None:
        """Let go of the server in a fork of this process, which otherwise would keep it alive."""
        self._control.close()

    def _ends_within(self, seconds: float) -> bool:
        poller = select.poll()
        poller.register(self._handle, select.POLLIN)
        return bool(poller.poll(seconds * 1000))

    def close(self) -> None:
        """Kill the server and release all that it held."""
        self.kill()
        os.close(self._handle)
        self._control.close()
        self._errors.close()

    def _send(self, message: bytes, descriptors: Sequence[int] = ()) -> None:
        try:
            socket.send_fds(self._control, [message], list(descriptors))
        except OSError as error:
            text = f"the sandbox's server is gone: {self.last_words()}"
            raise SandboxError(text) from error


def _forget_servers() -> None:
    for server in list(_servers):
        server.forget()


_servers: weakref.WeakSet[Server] = weakref.WeakSet()
os.register_at_fork(after_in_child=_forget_servers)


def scratch_bytes(source: bytes, limits: Limits) -> int:
    """Return the size of a program's scratch space: what it may use, and room for its own source."""
    return limits.disk_bytes + len(source) + _PAGE_BYTES


def _in_memory(content: bytes) -> int:
    descriptor = os.memfd_create("program")
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor
