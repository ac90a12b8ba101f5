"""Read official records (``samples.jsonl``: one JSON object a line) into items."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from codesteer.errors import ConfigurationError
from codesteer.symbench.item import Item
from codesteer.symbench.registry import load_task

Subset = Literal["all", "verified"]
"""All official items, or those whose question, rules and stored answer are known to agree."""


class Placed(NamedTuple):
    """A record and where it stands, as ``file:line``."""

    where: str
    record: Mapping[str, Any]


def read_records(path: Path) -> Iterator[Mapping[str, Any]]:
    """The objects of a JSONL file, one by one, so that lines before a bad one are not lost.

    Raises:
        ConfigurationError: The file cannot be read, or a line is not a JSON object; names file and line.
    """
    return (placed.record for placed in placed_records(path))


def placed_records(path: Path) -> Iterator[Placed]:
    """The same with their places.

    Raises:
        ConfigurationError: As ``read_records``.
    """
    try:
        with path.open("rb") as lines:
            yield from parsed_lines(lines, str(path))
    except OSError as problem:
        raise ConfigurationError(f"cannot read {path}: {problem}") from problem


def parsed_lines(lines: Iterable[bytes], name: str) -> Iterator[Placed]:
    """The objects of JSONL with their places; blank lines are passed over.

    Each line is decoded by itself, so that one that is not UTF-8 does not take its neighbours along.

    Raises:
        ConfigurationError: A line is not a JSON object in UTF-8; names it.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield Placed(f"{name}:{number}", _record(line, f"{name}:{number}"))


def load_official(slug: str, path: Path, subset: Subset = "all") -> Iterator[Item[Any, Any]]:
    """The items of a task's ``samples.jsonl``, or only the verified ones.

    Raises:
        ConfigurationError: No such task, or a line that is not one of its records; names file and line.
    """
    task = load_task(slug)
    for where, record in placed_records(path):
        try:
            item = task.from_official(record)
        except (KeyError, TypeError, ValueError, IndexError) as problem:
            raise ConfigurationError(f"{where}: not a record of {slug}: {problem!r}") from problem
        if item.verified or subset == "all":
            yield item


def _record(line: bytes, where: str) -> Mapping[str, Any]:
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as problem:
        raise ConfigurationError(f"{where}: not JSON: {problem}") from problem
    if not isinstance(record, dict):
        raise ConfigurationError(f"{where}: not a JSON object")
    return record
