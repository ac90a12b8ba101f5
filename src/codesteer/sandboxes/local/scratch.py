"""Tells whether a program's scratch space holds more than it may, where the kernel does not limit it."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from codesteer.sandboxes.local.holdings import Holdings

# A file costs kernel memory even when it is empty.
_FILES = 16_384
_DEEPEST = 64
_BLOCK_BYTES = 512
_OWNERS_RIGHTS = 0o700

ScratchMeter = Callable[[Sequence[str], Holdings], bool]
"""Returns whether there is too much.

It is given the folders in /proc of processes whose memory may be looked at, none while there are new ones all the time
(which would make that slow), and what all processes hold.
"""


def unmetered(_homes: Sequence[str], _held: Holdings) -> bool:
    """Leave it to the kernel."""
    return False


def mounted(path: str) -> ScratchMeter:
    """Count the files of a file system that is limited in bytes."""

    def too_much(_homes: Sequence[str], _held: Holdings) -> bool:
        try:
            usage = os.statvfs(path)
        except OSError:
            return False
        return usage.f_files - usage.f_ffree > _FILES

    return too_much


def folder(path: str, limit_bytes: int) -> ScratchMeter:
    """Count the files of a folder and their bytes, and those that processes hold without a name in any folder."""

    def too_much(homes: Sequence[str], held: Holdings) -> bool:
        files, used = 0, sum(held.deleted.values())
        try:
            for entry in _entries(path, depth=0):
                files += 1
                used += entry.st_blocks * _BLOCK_BYTES
                if files > _FILES or used > limit_bytes:
                    return True
        except RecursionError:
            return True
        # Nobody says how much of its file a mapping keeps, if there is no descriptor beside it.
        seen = {inode for _, inode in held.deleted}
        return used > limit_bytes or any(_deleted_but_mapped(home, path) - seen for home in homes)

    return too_much


def _entries(path: str, depth: int, parent: int | None = None) -> Iterator[os.stat_result]:
    """Yield all that is in a folder, whatever its rights; no link is followed, though the folder be replaced by one.

    Raises:
        RecursionError: it is too deep.
    """
    if depth > _DEEPEST:
        raise RecursionError
    with suppress(OSError), _opened(path, parent) as here, os.scandir(here) as entries:
        for entry in entries:
            with suppress(OSError):
                yield entry.stat(follow_symlinks=False)
            if entry.is_dir(follow_symlinks=False):
                yield from _entries(entry.name, depth + 1, here)


@contextmanager
def _opened(path: str, parent: int | None) -> Iterator[int]:
    """Open a folder for reading; give its owner, which is us, the rights for that if they are missing."""
    place = os.open(path, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=parent)
    try:
        if _OWNERS_RIGHTS & ~os.stat(place).st_mode:
            os.chmod(f"/proc/self/fd/{place}", _OWNERS_RIGHTS)
        descriptor = os.open(".", os.O_RDONLY | os.O_DIRECTORY, dir_fd=place)
    finally:
        os.close(place)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _deleted_but_mapped(home: str, folder: str) -> set[int]:
    """Return the inodes of files that were in the folder and are now nowhere but in a process's memory."""
    try:
        with open(f"{home}/maps", errors="replace") as file:
            lines = [line for line in file if line.endswith(" (deleted)\n") and f" {folder}/" in line]
    except OSError:
        return set()
    return {int(line.split(maxsplit=5)[4]) for line in lines}


def remove(path: str) -> None:
    """Remove a folder, whatever was done to it: folders without rights, or deeper than Python can go."""
    with suppress(RecursionError):
        shutil.rmtree(path, ignore_errors=True)
    if os.path.exists(path):
        subprocess.run(["chmod", "-R", "u+rwX", path], check=False, capture_output=True)  # noqa: S603, S607
        subprocess.run(["rm", "-rf", "--", path], check=False, capture_output=True)  # noqa: S603, S607
