"""Account for memory that processes hold through open file descriptors rather than mappings."""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_PIPE_BYTES = 65536
_SOCKET_BYTES_FILE = Path("/proc/sys/net/core/wmem_default")
_DEFAULT_SOCKET_BYTES = 212_992

FileId = tuple[int, int]
"""Device and inode."""


@dataclass(slots=True)
class OpenFiles:
    """The open files of some processes, each counted once."""

    sockets: set[FileId] = field(default_factory=set)
    pipes: set[FileId] = field(default_factory=set)
    unlinked: dict[FileId, int] = field(default_factory=dict)
    """Unlinked files and the bytes that they occupy."""
    unreadable: bool = False
    """Whether the descriptors of a process could not be read."""

    @property
    def buffer_bytes(self) -> int:
        """Size of all pipe and socket buffers; they count as full, since the kernel does not report their use."""
        return len(self.pipes) * _PIPE_BYTES + len(self.sockets) * _socket_bytes


def scan_open_files(proc_folders: Iterable[str]) -> OpenFiles:
    """Return the open files of processes, given by their folders in /proc."""
    open_files = OpenFiles()
    for proc_folder in proc_folders:
        try:
            for entry in _stat_descriptors(proc_folder):
                _record(open_files, entry)
        except PermissionError:
            open_files.unreadable = True
    return open_files


def _stat_descriptors(proc_folder: str) -> Iterator[os.stat_result]:
    try:
        names = os.listdir(f"{proc_folder}/fd")
    except (FileNotFoundError, ProcessLookupError):
        return
    for name in names:
        with suppress(FileNotFoundError, ProcessLookupError):
            yield os.stat(f"{proc_folder}/fd/{name}")


def _record(open_files: OpenFiles, entry: os.stat_result) -> None:
    file_id = (entry.st_dev, entry.st_ino)
    if stat.S_ISSOCK(entry.st_mode):
        open_files.sockets.add(file_id)
    elif stat.S_ISFIFO(entry.st_mode):
        open_files.pipes.add(file_id)
    elif stat.S_ISREG(entry.st_mode) and entry.st_nlink == 0:
        open_files.unlinked[file_id] = entry.st_blocks * 512


def _read_socket_bytes() -> int:
    try:
        return int(_SOCKET_BYTES_FILE.read_text())
    except OSError:
        return _DEFAULT_SOCKET_BYTES


_socket_bytes = _read_socket_bytes()
