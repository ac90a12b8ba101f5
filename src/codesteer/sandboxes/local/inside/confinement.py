"""Confine a newly forked process before it runs a program."""

import os
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from . import kernel
from .landlock import restrict_files
from .namespaces import NOBODY, ProgramNamespaces
from .rlimits import set_rlimits

# Without a user namespace, the kernel also counts the user's other processes, whose number may grow.
_USER_PROCESS_MARGIN = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """The host's settings for the server."""

    scratch: str
    """The working directory of programs."""
    filter: bytes
    """The system call filter."""
    preload: tuple[str, ...] = ()
    """Modules to import before the first program."""
    drop_root: bool = False
    """Whether the server runs as root, so that programs must switch to another user."""
    warm: bool = False
    """Whether the server runs many programs, each in its own nested namespaces."""
    readable: tuple[str, ...] | None = None
    """Paths that Landlock lets programs read; None if namespaces already hide all other files."""

    @classmethod
    def from_message(cls, message: dict[str, Any]) -> "ServerSettings":
        """Parse the host's first message."""
        readable = message.get("readable")
        return cls(
            scratch=message["scratch"],
            filter=bytes.fromhex(message["filter"]),
            preload=tuple(message.get("preload", ())),
            drop_root=message.get("drop_root", False),
            warm=message.get("warm", False),
            readable=None if readable is None else tuple(readable),
        )

    @property
    def namespaces(self) -> ProgramNamespaces:
        """The namespaces of each program of a warm server."""
        return ProgramNamespaces(scratch=self.scratch, drop_root=self.drop_root)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramLimits:
    """The limits of one program."""

    memory_bytes: int
    processes: int
    scratch_bytes: int


def confine(settings: ServerSettings, limits: ProgramLimits, holder: int | None) -> None:
    """Confine this process permanently.

    Args:
        settings: the settings for all programs.
        limits: the limits of this program.
        holder: pidfd of the process that holds the program's namespaces; None for a cold server.

    Raises:
        OSError: the kernel refused a step.
    """
    os.setsid()
    if holder is not None:
        settings.namespaces.enter(holder, limits.scratch_bytes)
    elif settings.drop_root:
        kernel.switch_user(NOBODY)
    os.chdir(settings.scratch)
    kernel.drop_capabilities()
    kernel.set_no_new_privileges()
    set_rlimits(
        memory_bytes=limits.memory_bytes,
        scratch_bytes=limits.scratch_bytes,
        processes=_process_limit(settings, limits.processes),
    )
    if settings.readable is not None:
        restrict_files(settings.readable, settings.scratch)
    kernel.install_seccomp_filter(settings.filter)


def _process_limit(settings: ServerSettings, processes: int) -> int | None:
    """Return the value for RLIMIT_NPROC, which also counts other processes of the program's user."""
    if settings.readable is not None:
        return None if os.geteuid() == 0 else processes + _user_processes() + _USER_PROCESS_MARGIN
    has_helper = (
        settings.warm or not settings.drop_root
    )  # the namespace holder or the server runs as the same user
    return processes + has_helper


def _user_processes() -> int:
    """Return the current number of the user's processes and threads."""
    user, count = os.geteuid(), 0
    for pid in filter(str.isdecimal, os.listdir("/proc")):
        with suppress(OSError):
            if os.stat(f"/proc/{pid}").st_uid == user:
                count += os.stat(f"/proc/{pid}/task").st_nlink - 2
    return count
