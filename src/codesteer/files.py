"""Files that appear whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


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
