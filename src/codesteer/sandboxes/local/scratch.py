"""Tells whether a program's scratch space holds more than it may, where the kernel does not limit it."""

import os
from collections.abc import Callable

# A file costs kernel memory even when it is empty.
_FILES = 50_000

ScratchMeter = Callable[[], bool]
"""Returns whether there is too much."""


def unmetered() -> bool:
    """Leave it to the kernel."""
    return False


def mounted(path: str) -> ScratchMeter:
    """Count the files of a file system that is limited in bytes."""

    def too_much() -> bool:
        try:
            usage = os.statvfs(path)
        except OSError:
            return False
        return usage.f_files - usage.f_ffree > _FILES

    return too_much


def folder(path: str, limit_bytes: int) -> ScratchMeter:
    """Count the files of a folder and their bytes."""

    def too_much() -> bool:
        files, used = 0, 0
        for parent, _, names in os.walk(path):
            for name in names:
                files += 1
                used += _allocated(os.path.join(parent, name))
                if files > _FILES or used > limit_bytes:
                    return True
        return False

    return too_much


def _allocated(path: str) -> int:
    try:
        return os.lstat(path).st_blocks * 512
    except OSError:
        return 0
