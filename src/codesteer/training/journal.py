"""A JSON Lines file that survives a kill: each line is written completely or not at all."""

import os
from collections.abc import Iterator
from pathlib import Path

BLOCK = 1 << 16


class Journal:
    """Append lines; a partial line left by a killed writer is removed on opening."""

    def __init__(self, path: Path) -> None:
        self.path = path
        _drop_partial_line(path)

    def lines(self) -> Iterator[bytes]:
        """Yield the complete lines."""
        if self.path.exists():
            with self.path.open("rb") as file:
                yield from (line for line in file if line.strip())

    def append(self, line: str) -> None:
        """Append one line and sync it to disk."""
        data = line.encode() + b"\n"
        with self.path.open("ab", buffering=0) as file:
            file.write(data)
            os.fsync(file.fileno())


def _drop_partial_line(path: Path) -> None:
    if not path.exists():
        return
    with path.open("r+b") as file:
        end = file.seek(0, os.SEEK_END)
        while end:
            start = max(0, end - BLOCK)
            file.seek(start)
            if (newline := file.read(end - start).rfind(b"\n")) >= 0:
                end = start + newline + 1
                break
            end = start
        file.truncate(end)
