"""The host's end of the server that starts programs inside a sandbox."""

import json
import os
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from codesteer.errors import SandboxError

_MESSAGE_BYTES = 65536
_LAST_WORDS_BYTES = 2000


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
    """One server process; must be used from the thread that created it or from longer-lived ones.

    The kernel ends the server with the thread that started it.
    """

    def __init__(
        self,
        command: Callable[[int], Sequence[str]],
        environment: Mapping[str, str],
        settings: Mapping[str, Any],
    ) -> None:
        """Start the server.

        Args:
            command: makes the command line from the number of the inherited control socket.
            environment: the environment of the command, the whole of it.
            settings: the first message to the server.

        Raises:
            SandboxError: the command cannot be started.
        """
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 closed with the server
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                self._process = subprocess.Popen(  # noqa: S603 no shell, and no words but our own
                    command(theirs.fileno()),
                    stdin=subprocess.DEVNULL,
                    stdout=self._errors,
                    stderr=self._errors,
                    env=dict(environment),
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )
            except OSError as error:
                self._control.close()
                self._errors.close()
                message = f"the sandbox's server cannot be started: {error}"
                raise SandboxError(message) from error
        self._send(json.dumps(dict(settings)).encode())

    @property
    def pid(self) -> int:
        """The process id of the command."""
        return self._process.pid

    def start_program(self, source: bytes, request: Mapping[str, Any]) -> Streams:
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
        try:
            self._send(json.dumps(dict(request)).encode(), given)
        except SandboxError:
            streams.close()
            raise
        finally:
            their_report.close()
            for descriptor in (program, their_stdout, their_stderr):
                os.close(descriptor)
        return streams

    def last_words(self) -> str:
        """Return in one line what the command itself wrote to its output, for error messages."""
        self._errors.seek(0)
        text = self._errors.read(_LAST_WORDS_BYTES).decode(errors="replace")
        return "; ".join(line for line in text.splitlines() if line.strip()) or "no message"

    def kill(self) -> None:
        """Kill the server and, with its namespaces, everything it started; calling twice is harmless."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def close(self) -> None:
        """Kill the server and release all that it held."""
        self.kill()
        self._control.close()
        self._errors.close()

    def _send(self, message: bytes, descriptors: Sequence[int] = ()) -> None:
        try:
            socket.send_fds(self._control, [message], list(descriptors))
        except OSError as error:
            text = f"the sandbox's server is gone: {self.last_words()}"
            raise SandboxError(text) from error


def _in_memory(content: bytes) -> int:
    descriptor = os.memfd_create("program")
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor
