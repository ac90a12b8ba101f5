"""A JSON Lines file that survives a kill: each line is written completely or not at all."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from codesteer.errors import ConfigurationError


class JournalLine(NamedTuple):
    """A complete line with its location, as ``file:line``."""

    location: str
    text: bytes


class Journal:
    """Append lines; what a killed writer left of a line counts for readers as not written.

    Readers never change the file: the line may be one that a writer is just writing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def lines(self) -> Iterator[JournalLine]:
        """Yield the complete lines; raises ConfigurationError if the file cannot be read."""
        if not self.path.exists():
            return
        try:
            with self.path.open("rb") as file:
                for number, line in enumerate(file, 1):
                    if line.strip() and _is_complete(line):
                        yield JournalLine(f"{self.path}:{number}", line)
        except OSError as error:
            raise ConfigurationError(f"cannot read {self.path} ({error.strerror})") from error

    def repair(self) -> None:
        """End the last line, or remove what a killed writer left of it; only for who has locked the folder."""
        if not self.path.exists():
            return
        last = b""
        with self.path.open("r+b") as file:
            for line in file:
                last = line
            end = file.seek(0, os.SEEK_END)
            if not _is_complete(last):
                file.truncate(end - len(last))
            elif last and not last.endswith(b"\n"):
                file.write(b"\n")

    def append(self, line: str) -> None:
        """Append one line and sync it to disk; raise OSError, and leave the file as it was, if it does not fit."""
        left = memoryview(line.encode() + b"\n")
        with self.path.open("ab", buffering=0) as file:
            end = file.seek(0, os.SEEK_END)
            try:
                while left:
                    left = left[file.write(left) :]
                os.fsync(file.fileno())
            except OSError:
                file.truncate(end)
                raise


def _is_complete(line: bytes) -> bool:
    """Whether a line has its end, if only because an editor left out the line break: a part of it is no JSON."""
    if line.endswith(b"\n") or not line:
        return True
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
