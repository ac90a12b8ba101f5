"""What a program of a warm server has to itself: a user namespace, mounts, a scratch space."""

import os
from dataclasses import dataclass

from . import kernel

NOBODY = 65534
"""The user that programs belong to where the server is root."""
_FILES = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """How to make them and how to enter them."""

    scratch: str
    """Where the scratch space is."""
    drop_root: bool
    """Whether the server is root and the program's user must be another."""

    def take(self) -> None:
        """Take new ones; raises OSError.

        The user namespace is there so that the kernel counts each program's processes by themselves.
        """
        if self.drop_root:
            kernel.become(NOBODY)
        user, group = os.geteuid(), os.getegid()
        kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWNS)
        _tell_kernel("setgroups", "deny")
        _tell_kernel("uid_map", f"{user} {user} 1")
        _tell_kernel("gid_map", f"{group} {group} 1")
        kernel.mount_scratch(self.scratch, 4096, _FILES)
        kernel.cover("/proc")

    def enter(self, holder: int, scratch_bytes: int) -> None:
        """Enter those of another process and size the scratch space; raises OSError."""
        if self.drop_root:
            kernel.become(NOBODY)
        kernel.set_namespaces(holder, kernel.CLONE_NEWUSER | kernel.CLONE_NEWNS)
        kernel.open_to_inspection()  # by the host's watchdog
        kernel.resize_scratch(self.scratch, scratch_bytes, _FILES)


def _tell_kernel(name: str, line: str) -> None:
    with open(f"/proc/self/{name}", "w") as file:
        file.write(line)
