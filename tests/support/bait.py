"""Targets on the host for hostile programs, with checks whether they were reached."""

import os
import resource
import secrets
import socket
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

PRELUDE = """
import ctypes, errno, glob, os, socket, struct, subprocess, sys, time

def escaped(what):
    print("ESCAPED", what, flush=True)

def attempt(what, action):
    try:
        outcome = action()
    except (OSError, AttributeError, ValueError, subprocess.SubprocessError):
        return None
    escaped(what)
    return outcome

libc = ctypes.CDLL(None, use_errno=True)
"""


@dataclass(frozen=True, slots=True)
class Bait:
    """Secrets, files, sockets and a process on the host; all secrets are the same token."""

    token: str
    folder: Path
    """A folder with secrets that must be neither readable nor writable in a sandbox."""
    victim: subprocess.Popen[bytes]
    """A process that must not be affected."""
    listeners: list[socket.socket] = field(default_factory=list)
    """Sockets that must be unreachable from a sandbox."""

    def program(self, attack: str) -> str:
        """Return the attack as a program that has the addresses of the targets, but not the token."""
        tcp, stream, datagram, *abstract = [listener.getsockname() for listener in self.listeners]
        constants = {
            "FOLDER": str(self.folder),
            "VICTIM": self.victim.pid,
            "TCP": tcp,
            "UNIX_STREAM": stream,
            "UNIX_DATAGRAM": datagram,
            "ABSTRACT": abstract,
            "PACKAGES": sysconfig.get_path("purelib"),
            "EXECUTABLE": os.path.realpath(sys.executable),
        }
        lines = [f"{name} = {value!r}" for name, value in constants.items()]
        return "\n".join([*lines, PRELUDE, attack])

    def untouched(self) -> bool:
        """Return whether the victim is unaffected, no listener was reached and no file was written."""
        return self._victim_is_unaffected() and not self._listener_reached() and not self._file_written()

    def _victim_is_unaffected(self) -> bool:
        pid = self.victim.pid
        return (
            self.victim.poll() is None
            and os.getpriority(os.PRIO_PROCESS, pid) == os.getpriority(os.PRIO_PROCESS, 0)
            and os.sched_getaffinity(pid) == os.sched_getaffinity(0)
            and os.sched_getscheduler(pid) == os.SCHED_OTHER
            and resource.prlimit(pid, resource.RLIMIT_CPU) == resource.getrlimit(resource.RLIMIT_CPU)
        )

    def _listener_reached(self) -> bool:
        for listener in self.listeners:
            with suppress(BlockingIOError):
                if listener.type == socket.SOCK_DGRAM:
                    listener.recv(1)
                else:
                    listener.accept()[0].close()
                return True
        return False

    def _file_written(self) -> bool:
        folders = [
            self.folder,
            Path(tempfile.gettempdir()),
            Path("/dev/shm"),
            Path(sysconfig.get_path("purelib")),
        ]
        return any((folder / "planted").exists() for folder in folders)


@contextmanager
def set_bait() -> Iterator[Bait]:
    """Set up the targets for the duration of the block."""
    token = secrets.token_hex(16)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bait-")))
        for name in (".ssh/id_ed25519", "project/.env"):
            (folder / name).parent.mkdir()
            (folder / name).write_text(token)
        os.environ["CODESTEER_BAIT"] = token
        stack.callback(os.environ.pop, "CODESTEER_BAIT")
        victim = stack.enter_context(
            subprocess.Popen([sys.executable, "-c", f"t={token!r}; input()"], stdin=-1)
        )
        stack.callback(victim.kill)
        listeners = [
            stack.enter_context(_listen(address, kind)) for address, kind in _addresses(folder, token)
        ]
        yield Bait(token, folder, victim, listeners)


def _addresses(folder: Path, token: str) -> list[tuple[tuple[str, int] | str, socket.SocketKind]]:
    return [
        (("127.0.0.1", 0), socket.SOCK_STREAM),
        (str(folder / "stream"), socket.SOCK_STREAM),
        (str(folder / "datagram"), socket.SOCK_DGRAM),
        (f"\0stream-{token[:8]}", socket.SOCK_STREAM),
        (f"\0datagram-{token[:8]}", socket.SOCK_DGRAM),
    ]


def _listen(address: tuple[str, int] | str, kind: socket.SocketKind) -> socket.socket:
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    listener = socket.socket(family, kind)
    listener.bind(address)
    listener.setblocking(False)
    if kind is socket.SOCK_STREAM:
        listener.listen()
    return listener
