"""Read files, write them atomically, and lock folders that only one command may write to."""

import gzip
import json
import math
import os
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from stat import S_IMODE, S_IRUSR, S_IWUSR
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, TypeVar

from codesteer.errors import ConfigurationError, first_error

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Value = TypeVar("Value")
LOCK_FILE = ".lock"
MAX_NAME_LENGTH = 255
"""Maximum bytes in a file's name."""
TEMPORARY = ".codesteer-"
"""In the names of temporary files, which stand beside the files that they will replace."""
SHOWN_NAME = 40
"""Characters of a file's name in that of its temporary file, which must not be longer than the file system allows."""
LEFTOVER_SECONDS = 3600.0
"""A temporary file that nobody has written to for so long belongs to a process that was killed."""


def user_path(text: str) -> Path:
    """Return a path that a user wrote, with ``~`` expanded.

    Raises:
        ConfigurationError: the user after ``~`` is unknown, or the path is invalid on every file system.
    """
    try:
        path = Path(text).expanduser()
    except RuntimeError as error:
        raise ConfigurationError(f"{text}: unknown user; use an absolute path") from error
    if "\0" in text or any(len(os.fsencode(part)) > MAX_NAME_LENGTH for part in path.parts):
        raise ConfigurationError(f"{text[:100]!r} is not a path: a name in it is too long, or contains a NUL")
    return path


@contextmanager
def atomic_replace(path: Path) -> Iterator[Path]:
    """Yield a temporary path to write to, which replaces ``path`` at the end; on an error it is deleted.

    Each writer has its own temporary file. A link stays, and what it points to is replaced; the permissions of an
    existing file stay, too. A device or pipe is yielded itself: it has no content that could be lost.

    Raises:
        OSError: the file cannot be written, for example because its folder does not exist.
    """
    target = Path(os.path.realpath(path))
    if _is_device(target):
        yield target
        return
    temporary = _create_temporary(target, path)
    try:
        yield temporary
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def is_same_file(one: Path, other: Path) -> bool:
    """Return whether two paths lead to one file that exists."""
    return one.exists() and other.exists() and one.samefile(other)


def _create_temporary(target: Path, named: Path) -> Path:
    """Create a hidden file beside a file, and remove what killed processes left of earlier ones.

    Args:
        target: the file.
        named: the path of the file as the user wrote it, for errors.
    """
    start = f".{target.name[:SHOWN_NAME]}{TEMPORARY}"
    temporary = target.with_name(f"{start}{token_hex(8)}.new")
    try:
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))  # the umask applies
        if target.is_file():
            temporary.chmod(S_IMODE(target.stat().st_mode) | S_IRUSR | S_IWUSR)
        _remove_leftovers(target.parent, start)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(named)) from error
    return temporary


def _remove_leftovers(folder: Path, start: str) -> None:
    oldest = time.time() - LEFTOVER_SECONDS
    with suppress(OSError):  # a folder may be writable but not readable; another process may remove them, too
        for file in folder.iterdir():
            if file.name.startswith(start) and file.lstat().st_mtime < oldest:
                file.unlink()


def _is_device(path: Path) -> bool:
    """Whether a path leads to a device, a pipe or a socket."""
    return path.exists() and not (path.is_file() or path.is_dir())


def require_writable(path: Path) -> None:
    """Check that ``atomic_replace`` can write a file, so that long work is not done in vain.

    Raises:
        ConfigurationError: its folder does not exist or cannot be written to, or it is a folder itself.
    """
    if path.is_dir():
        raise ConfigurationError(f"cannot write {path}, which is a folder; choose a file")
    target = Path(os.path.realpath(path))
    if _is_device(target):
        return
    try:
        TemporaryFile(dir=target.parent).close()
    except OSError as error:
        raise ConfigurationError(f"cannot write {path} ({error.strerror}); choose another file") from error


def read_text(path: Path) -> str:
    """Return a file's UTF-8 text without a byte-order mark; raises ConfigurationError if it cannot be read."""
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise ConfigurationError(f"cannot read {path} ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path} is not valid UTF-8") from error


@dataclass(frozen=True, slots=True)
class JsonLine:
    """A line of a JSONL file."""

    number: int
    """Counted from 1."""
    value: Any
    problem: str = ""
    """Why it is no JSON; empty if it is."""


def json_lines(text: str) -> Iterator[JsonLine]:
    """Read the lines of a JSONL file that are not blank. NaN and infinity are no JSON."""
    # Other separators than the line feed may stand in a JSON text as they are.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield JsonLine(number, json.loads(line, parse_constant=_refuse_constant, parse_float=_finite))
        except (ValueError, RecursionError):
            yield JsonLine(number, None, "no JSON")


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is too large")
    return number


def read_json(path: Path, adapter: "TypeAdapter[Value]", kind: str) -> Value:
    """Return the value in a JSON file.

    Args:
        path: the file.
        adapter: the type of the value.
        kind: what the file holds, for the message.

    Raises:
        ConfigurationError: the file cannot be read, or holds something else.
    """
    from pydantic import ValidationError

    try:
        return adapter.validate_json(read_text(path))
    except ValidationError as error:
        raise ConfigurationError(f"{path} is not a valid {kind}: {first_error(error)}") from error


def read_gzip_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a compressed UTF-8 file; raises ConfigurationError if it cannot be read."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield from lines
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise ConfigurationError(f"cannot read {path}: {error}") from error


def write_bytes_atomically(path: Path, data: bytes) -> None:
    """Write a file atomically: readers see the old content or the new. Raises OSError."""
    with atomic_replace(path) as temporary:
        temporary.write_bytes(data)


def write_text_atomically(path: Path, text: str) -> None:
    """Write UTF-8 text as ``write_bytes_atomically`` does."""
    write_bytes_atomically(path, text.encode())


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Create a folder if necessary, and lock it against other commands for the duration of the block.

    The operating system releases the lock when the process ends, even after a crash.

    Raises:
        ConfigurationError: another command holds the lock.
        OSError: the folder cannot be created.
    """
    from filelock import FileLock, Timeout

    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK_FILE)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise ConfigurationError(f"another command is writing to {folder}; wait until it finishes") from error
    try:
        yield
    finally:
        lock.release()
