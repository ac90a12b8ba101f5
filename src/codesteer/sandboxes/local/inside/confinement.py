"""Turns a newly forked process into one that can do no harm."""

import os
from dataclasses import dataclass
from typing import Any

from . import kernel
from .landlock import restrict_files
from .limits import set_limits

_SCRATCH_FILES = 16_384
_NOBODY = 65534


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the host says once, when it starts the server."""

    scratch: str
    """The folder for programs."""
    filter: bytes
    """The system call filter."""
    preload: tuple[str, ...] = ()
    """Modules to import before the first program."""
    namespaces: bool = False
    """Whether each program gets namespaces of its own, within those of the server."""
    drop_root: bool = False
    """Whether the server is root and programs must not be."""
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
            namespaces=message.get("namespaces", False),
            drop_root=message.get("drop_root", False),
            readable=None if readable is None else tuple(readable),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What one program may use."""

    memory_bytes: int
    processes: int
    scratch_bytes: int


def confine(settings: Settings, allowance: Allowance) -> None:
    """Confine this process for good.

    Raises:
        OSError: the kernel refuses one of the measures.
    """
    os.setsid()
    if settings.drop_root:
        kernel.become(_NOBODY)
    if settings.namespaces:
        _take_namespaces(settings.scratch, allowance.scratch_bytes)
    os.chdir(settings.scratch)
    kernel.drop_capabilities()
    kernel.forbid_new_privileges()
    if settings.readable is not None:
        restrict_files(settings.readable, settings.scratch)
    set_limits(
        memory_bytes=allowance.memory_bytes,
        scratch_bytes=allowance.scratch_bytes,
        processes=allowance.processes if settings.readable is None else None,
    )
    kernel.install_filter(settings.filter)


def _take_namespaces(scratch: str, scratch_bytes: int) -> None:
    """Take a user namespace, so that the kernel counts processes per program, and private mounts."""
    user, group = os.geteuid(), os.getegid()
    kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWNS)
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(line)
    kernel.mount_scratch(scratch, scratch_bytes, _SCRATCH_FILES)
    kernel.cover("/proc")
