"""The namespaces and mounts of one program of a warm server."""

import os
from dataclasses import dataclass

from . import kernel

NOBODY = 65534
"""The user that programs run as if the server runs as root."""
_MAX_FILES = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramNamespaces:
    """Creates and enters the user and mount namespaces of a program."""

    scratch: str
    """Mount point of the scratch space."""
    drop_root: bool
    """Whether the server runs as root, so that the program must switch to another user."""

    def create(self) -> None:
        """Move this process into new namespaces; raise OSError on failure.

        Thanks to the user namespace, the kernel counts the processes of each program separately.
        """
        if self.drop_root:
            kernel.switch_user(NOBODY)
        user, group = os.geteuid(), os.getegid()
        kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWNS)
        _write_proc_self("setgroups", "deny")
        _write_proc_self("uid_map", f"{user} {user} 1")
        _write_proc_self("gid_map", f"{group} {group} 1")
        kernel.mount_scratch(self.scratch, 4096, _MAX_FILES)
        kernel.mount_empty("/proc")

    def enter(self, holder: int, scratch_bytes: int) -> None:
        """Enter the namespaces of a holder and resize the scratch space; raise OSError on failure."""
        if self.drop_root:
            kernel.switch_user(NOBODY)
        kernel.setns(holder, kernel.CLONE_NEWUSER | kernel.CLONE_NEWNS)
        kernel.make_dumpable()  # for the host's watchdog
        kernel.resize_scratch(self.scratch, scratch_bytes, _MAX_FILES)


def _write_proc_self(name: str, line: str) -> None:
    with open(f"/proc/self/{name}", "w") as file:
        file.write(line)
