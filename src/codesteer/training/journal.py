"""A file of JSON lines that survives a kill: a line is in it whole or not at all."""

import os
from collections.abc import Iterator
from pathlib import Path

BLOCK = 1 << 16


class Journal:
    """Appends lines; what a killed writer left half-written at the end is dropped on opening."""

    def __init__(self, path: Path) -> None:
        self.path = path
        _drop_half_line(path)

    def lines(self) -> Iterator[bytes]:
        """The whole lines that are there."""
        if self.path.exists():
            with self.path.open("rb") as file:
                yield from (line for line in file if line.strip())

    def append(self, line: str) -> None:
        """Add one line and see it onto the disk."""
        data = line.encode() + b"\n"
        with self.path.open("ab", buffering=0) as file:
            file.write(data)
            os.fsync(file.fileno())


def _drop_half_line(path: Path) -> None:
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
