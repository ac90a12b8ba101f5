"""Measure a program's scratch space where the kernel does not limit it."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from codesteer.sandboxes.local.open_files import OpenFiles

# Even an empty file uses kernel memory.
_MAX_FILES = 16_384
_MAX_DEPTH = 64
_BLOCK_BYTES = 512
_OWNER_RWX = 0o700

ScratchMeter = Callable[[Sequence[str], OpenFiles], bool]
"""Returns whether the scratch space is over its limit.

The arguments are the /proc folders of the processes whose mappings are to be read, and the open files of all
processes. There are no folders while the program keeps starting processes, since reading their mappings is slow.
"""


def no_meter(_proc_folders: Sequence[str], _open_files: OpenFiles) -> bool:
    """Leave the limit to the kernel."""
    return False


def filesystem_meter(path: str) -> ScratchMeter:
    """Return a meter that counts the files of a file system; the kernel limits their size."""

    def exceeded(_proc_folders: Sequence[str], _open_files: OpenFiles) -> bool:
        try:
            usage = os.statvfs(path)
        except OSError:
            return False
        return usage.f_files - usage.f_ffree > _MAX_FILES

    return exceeded


def folder_meter(path: str, limit_bytes: int) -> ScratchMeter:
    """Return a meter that counts the files of a folder, their bytes, and those of open but unlinked files."""

    def exceeded(proc_folders: Sequence[str], open_files: OpenFiles) -> bool:
        files, used = 0, sum(open_files.unlinked.values())
        try:
            for entry in _entries(path, depth=0):
                files += 1
                used += entry.st_blocks * _BLOCK_BYTES
                if files > _MAX_FILES or used > limit_bytes:
                    return True
        except RecursionError:
            return True
        # The size of an unlinked file is unknown if it is mapped but not open.
        known = {inode for _, inode in open_files.unlinked}
        return used > limit_bytes or any(
            _unlinked_but_mapped(proc_folder, path) - known for proc_folder in proc_folders
        )

    return exceeded


def _entries(path: str, depth: int, parent: int | None = None) -> Iterator[os.stat_result]:
    """Yield all entries below a folder, whatever its permissions; never follow symbolic links, not even at the top.

    Raises:
        RecursionError: the folders are nested too deeply.
    """
    if depth > _MAX_DEPTH:
        raise RecursionError
    with suppress(OSError), _opened(path, parent) as here, os.scandir(here) as entries:
        for entry in entries:
            with suppress(OSError):
                yield entry.stat(follow_symlinks=False)
            if entry.is_dir(follow_symlinks=False):
                yield from _entries(entry.name, depth + 1, here)


@contextmanager
def _opened(path: str, parent: int | None) -> Iterator[int]:
    """Open a folder for reading; add the owner's permissions if they are missing."""
    path_fd = os.open(path, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=parent)
    try:
        if _OWNER_RWX & ~os.stat(path_fd).st_mode:
            os.chmod(f"/proc/self/fd/{path_fd}", _OWNER_RWX)
        descriptor = os.open(".", os.O_RDONLY | os.O_DIRECTORY, dir_fd=path_fd)
    finally:
        os.close(path_fd)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _unlinked_but_mapped(proc_folder: str, folder: str) -> set[int]:
    """Return the inodes of unlinked files of the folder that a process still maps."""
    try:
        with open(f"{proc_folder}/maps", "rb") as file:  # only line feeds are escaped in paths
            wanted = f" {folder}/".encode()
            lines = [line for line in file if line.endswith(b" (deleted)\n") and wanted in line]
    except OSError:
        return set()
    return {int(line.split(maxsplit=5)[4]) for line in lines}


def remove_folder(path: str) -> None:
    """Remove a folder, even with missing permissions or nesting too deep for Python."""
    with suppress(RecursionError):
        shutil.rmtree(path, ignore_errors=True)
    if os.path.exists(path):
        subprocess.run(["chmod", "-R", "u+rwX", path], check=False, capture_output=True)  # noqa: S603, S607
        subprocess.run(["rm", "-rf", "--", path], check=False, capture_output=True)  # noqa: S603, S607
