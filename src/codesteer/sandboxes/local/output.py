"""Read a program's output up to a limit."""

import os

_CHUNK_BYTES = 65536


class CappedOutput:
    """Reads a pipe and truncates the output at a limit."""

    def __init__(self, descriptor: int, limit: int) -> None:
        os.set_blocking(descriptor, False)
        self.descriptor = descriptor
        self._limit = limit
        self._content = bytearray()
        self.truncated = False
        """Whether the program exceeded the limit."""
        self.ended = False
        """Whether every writer has closed the pipe."""

    def read(self) -> None:
        """Read at most one chunk, without blocking."""
        try:
            chunk = os.read(self.descriptor, _CHUNK_BYTES)
        except BlockingIOError:
            return
        self.ended = not chunk
        remaining = self._limit - len(self._content)
        self._content += chunk[:remaining]
        self.truncated = self.truncated or len(chunk) > remaining

    def text(self) -> str:
        """Return the output; bytes that are not UTF-8 become replacement characters."""
        return self._content.decode(errors="replace")
