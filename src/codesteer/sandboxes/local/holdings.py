"""Tells what the kernel keeps for processes through their open descriptors, where no process's memory shows it."""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_PIPE_BYTES = 65536
_SOCKET_BYTES_FILE = Path("/proc/sys/net/core/wmem_default")
_USUAL_SOCKET_BYTES = 212_992

FileId = tuple[int, int]
"""Device and inode."""


@dataclass(slots=True)
class Holdings:
    """What is behind all descriptors of some processes, each thing once."""

    sockets: set[FileId] = field(default_factory=set)
    pipes: set[FileId] = field(default_factory=set)
    deleted: dict[FileId, int] = field(default_factory=dict)
    """Files that no folder shows any more, with the bytes they occupy."""
    hidden: bool = False
    """Whether a process does not let itself be looked at."""

    @property
    def buffer_bytes(self) -> int:
        """What the buffers of pipes and sockets take if they are full: how full they are, nobody says."""
        return len(self.pipes) * _PIPE_BYTES + len(self.sockets) * _socket_bytes


def look_through(homes: Iterable[str]) -> Holdings:
    """Return what processes hold, given by their folders in /proc."""
    holdings = Holdings()
    for home in homes:
        try:
            for entry in _open_files(home):
                _note(holdings, entry)
        except PermissionError:
            holdings.hidden = True
    return holdings


def _open_files(home: str) -> Iterator[os.stat_result]:
    try:
        names = os.listdir(f"{home}/fd")
    except (FileNotFoundError, ProcessLookupError):
        return
    for name in names:
        with suppress(FileNotFoundError, ProcessLookupError):
            yield os.stat(f"{home}/fd/{name}")


def _note(holdings: Holdings, entry: os.stat_result) -> None:
    identity = (entry.st_dev, entry.st_ino)
    if stat.S_ISSOCK(entry.st_mode):
        holdings.sockets.add(identity)
    elif stat.S_ISFIFO(entry.st_mode):
        holdings.pipes.add(identity)
    elif stat.S_ISREG(entry.st_mode) and entry.st_nlink == 0:
        holdings.deleted[identity] = entry.st_blocks * 512


def _read_socket_bytes() -> int:
    try:
        return int(_SOCKET_BYTES_FILE.read_text())
    except OSError:
        return _USUAL_SOCKET_BYTES


_socket_bytes = _read_socket_bytes()
