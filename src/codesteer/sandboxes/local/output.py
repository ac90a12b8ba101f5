"""Keeps what a program writes, up to a limit."""

import os

_CHUNK_BYTES = 65536


class CappedOutput:
    """Reads one pipe and keeps its first bytes."""

    def __init__(self, descriptor: int, limit: int) -> None:
        os.set_blocking(descriptor, False)
        self.descriptor = descriptor
        self._limit = limit
        self._kept = bytearray()
        self.truncated = False
        """Whether the program wrote more than was kept."""
        self.ended = False
        """Whether every writer has closed the pipe."""

    def read(self) -> None:
        """Take what the pipe holds now, at most one chunk."""
        try:
            chunk = os.read(self.descriptor, _CHUNK_BYTES)
        except BlockingIOError:
            return
        self.ended = not chunk
        room = self._limit - len(self._kept)
        self._kept += chunk[:room]
        self.truncated = self.truncated or len(chunk) > room

    def text(self) -> str:
        """Return what was kept; bytes that are not UTF-8 become replacement characters."""
        return self._kept.decode(errors="replace")
