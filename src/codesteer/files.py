"""Files that appear whole or not at all, folders that one command at a time writes to."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from codesteer.errors import ConfigurationError

LOCK = ".lock"
LONGEST_NAME = 255
"""Bytes of a file's name."""


def user_path(text: str) -> Path:
    """Return a path as a person writes it, ``~`` replaced by their home.

    Raises:
        ConfigurationError: there is no such home, or no file system takes names like these.
    """
    try:
        path = Path(text).expanduser()
    except RuntimeError as error:
        raise ConfigurationError(f"{text}: there is no such user; write the path in full") from error
    if "\0" in text or any(len(os.fsencode(part)) > LONGEST_NAME for part in path.parts):
        raise ConfigurationError(f"{text[:100]!r} is no path: a name in it is too long, or holds a NUL")
    return path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a path beside this one to write to; it takes this one's place at the end, and goes if there is an error.

    Raises:
        OSError: the file cannot be written; for example there is no such folder.
    """
    fresh = path.with_name(path.name + ".new")
    try:
        yield fresh
        os.replace(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)


def replace_bytes(path: Path, data: bytes) -> None:
    """Write a file; one that is there already is replaced only by a whole new one. Raises OSError."""
    with replacing(path) as fresh:
        fresh.write_bytes(data)


def replace_text(path: Path, text: str) -> None:
    """Write a file of UTF-8 text as ``replace_bytes`` does."""
    replace_bytes(path, text.encode())


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Make a folder if there is none, and keep other commands from writing to it meanwhile.

    The lock goes with the process, however that ends.

    Raises:
        ConfigurationError: another command is writing to it.
        OSError: the folder cannot be made.
    """
    from filelock import FileLock, Timeout

    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise ConfigurationError(f"another command is writing to {folder}; wait for it to end") from error
    try:
        yield
    finally:
        lock.release()
