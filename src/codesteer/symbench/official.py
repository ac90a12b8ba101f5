"""Read official records (``samples.jsonl``: one JSON object a line) into items."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from codesteer.errors import ConfigurationError
from codesteer.symbench.item import Item
from codesteer.symbench.registry import load_task


def read_records(path: Path) -> Iterator[Mapping[str, Any]]:
    """The objects of a JSONL file, one by one, so that lines before a bad one are not lost.

    Raises:
        ConfigurationError: The file cannot be read, or a line is not a JSON object; names file and line.
    """
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _record(line, f"{path}:{number}")
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigurationError(f"cannot read {path}: {problem}") from problem


def load_official(slug: str, path: Path) -> Iterator[Item[Any, Any]]:
    """The items of a task's ``samples.jsonl``.

    Raises:
        ConfigurationError: No such task, or a line that is not one of its records; names file and line.
    """
    task = load_task(slug)
    for number, record in enumerate(read_records(path), 1):
        try:
            yield task.from_official(record)
        except (KeyError, TypeError, ValueError, IndexError) as problem:
            raise ConfigurationError(
                f"{path}: record {number} is not one of {slug}: {problem!r}"
            ) from problem


def _record(line: str, where: str) -> Mapping[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise ConfigurationError(f"{where}: not JSON: {problem}") from problem
    if not isinstance(record, dict):
        raise ConfigurationError(f"{where}: not a JSON object")
    return record
