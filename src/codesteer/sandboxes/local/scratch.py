"""Tells whether a program's scratch space holds more than it may, where the kernel does not limit it."""

import os
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress

# A file costs kernel memory even when it is empty.
_FILES = 16_384

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
        try:
            for parent, folders, names in os.walk(path):
                files += len(folders) + len(names)
                used += sum(_allocated(os.path.join(parent, name)) for name in names)
                if files > _FILES or used > limit_bytes:
                    return True
        except RecursionError:
            return True
        return False

    return too_much


def remove(path: str) -> None:
    """Remove a folder, whatever was done to it: folders without rights, or deeper than Python can go."""
    with suppress(RecursionError):
        shutil.rmtree(path, ignore_errors=True)
    if os.path.exists(path):
        subprocess.run(["chmod", "-R", "u+rwX", path], check=False, capture_output=True)  # noqa: S603, S607
        subprocess.run(["rm", "-rf", "--", path], check=False, capture_output=True)  # noqa: S603, S607


def _allocated(path: str) -> int:
    try:
        return os.lstat(path).st_blocks * 512
    except OSError:
        return 0
