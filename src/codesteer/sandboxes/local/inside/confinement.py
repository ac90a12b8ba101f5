"""Turns a newly forked process into one that can do no harm."""

import os
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from . import kernel
from .landlock import restrict_files
from .limits import set_limits
from .surroundings import NOBODY, Surroundings

# Without a namespace the kernel counts the user's other processes as well, and they may become more.
_OTHERS_TO_COME = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the host says once, when it starts the server."""

    scratch: str
    """The folder for programs."""
    filter: bytes
    """The system call filter."""
    preload: tuple[str, ...] = ()
    """Modules to import before the first program."""
    drop_root: bool = False
    """Whether the server is root and programs must not be."""
    warm: bool = False
    """Whether there will be many programs, each in namespaces of its own within those of the server."""
    readable: tuple[str, ...] | None = None
    """What programs may read, enforced by Landlock; None where namespaces already see to that."""

    @classmethod
    def from_message(cls, message: dict[str, Any]) -> "Settings":
        """Read the host's first message."""
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
    def surroundings(self) -> Surroundings:
        """What each program of a warm server has to itself."""
        return Surroundings(scratch=self.scratch, drop_root=self.drop_root)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What one program may use."""

    memory_bytes: int
    processes: int
    scratch_bytes: int


def confine(settings: Settings, allowance: Allowance, holder: int | None) -> None:
    """Confine this process for good.

    Args:
        settings: what holds for every program.
        allowance: what this one may use.
        holder: process descriptor of the holder of namespaces, of a warm server.

    Raises:
        OSError: the kernel refuses one of the measures.
    """
    os.setsid()
    if holder is not None:
        settings.surroundings.enter(holder, allowance.scratch_bytes)
    elif settings.drop_root:
        kernel.become(NOBODY)
    os.chdir(settings.scratch)
    kernel.drop_capabilities()
    kernel.forbid_new_privileges()
    set_limits(
        memory_bytes=allowance.memory_bytes,
        scratch_bytes=allowance.scratch_bytes,
        processes=_countable(settings, allowance.processes),
    )
    if settings.readable is not None:
        restrict_files(settings.readable, settings.scratch)
    kernel.install_filter(settings.filter)


def _countable(settings: Settings, processes: int) -> int | None:
    """Return how many processes the kernel shall allow: the program's and those of ours that it counts too."""
    if settings.readable is not None:
        return None if os.geteuid() == 0 else processes + _others() + _OTHERS_TO_COME
    belongs_to_their_user = settings.warm or not settings.drop_root  # the holder; the server
    return processes + belongs_to_their_user


def _others() -> int:
    """Return how many processes and threads this user has now."""
    user, found = os.geteuid(), 0
    for pid in filter(str.isdecimal, os.listdir("/proc")):
        with suppress(OSError):
            if os.stat(f"/proc/{pid}").st_uid == user:
                found += os.stat(f"/proc/{pid}/task").st_nlink - 2
    return found
