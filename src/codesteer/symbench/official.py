"""Read official records (``samples.jsonl``: one JSON object per line) into items."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from codesteer.errors import ConfigurationError
from codesteer.symbench.item import Item
from codesteer.symbench.registry import load_task

Subset = Literal["all", "verified"]
"""All official items, or those whose question, rules and stored answer are known to agree."""


class LocatedRecord(NamedTuple):
    """A record with its location, as ``file:line``."""

    location: str
    record: Mapping[str, Any]


def read_records(path: Path) -> Iterator[Mapping[str, Any]]:
    """Iterate over the objects of a JSONL file; lines before an invalid one are still read.

    Raises:
        ConfigurationError: The file is unreadable, or a line is not a JSON object; the message names file and line.
    """
    return (located.record for located in located_records(path))


def located_records(path: Path) -> Iterator[LocatedRecord]:
    """Iterate over the objects of a JSONL file with their locations.

    Raises:
        ConfigurationError: As for ``read_records``.
    """
    try:
        with path.open("rb") as lines:
            yield from parse_lines(lines, str(path))
    except OSError as problem:
        raise ConfigurationError(f"cannot read {path}: {problem}") from problem


def parse_lines(lines: Iterable[bytes], name: str) -> Iterator[LocatedRecord]:
    """Iterate over JSONL objects with their locations; skip blank lines.

    Lines are decoded separately, so that one with invalid UTF-8 does not affect the others.

    Raises:
        ConfigurationError: A line is not a JSON object in UTF-8; the message names it.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield LocatedRecord(f"{name}:{number}", _record(line, f"{name}:{number}"))


def load_official(slug: str, path: Path, subset: Subset = "all") -> Iterator[Item[Any, Any]]:
    """Iterate over the items of a task's ``samples.jsonl``, or only the verified ones.

    Raises:
        ConfigurationError: No such task, or a line is not one of its records; the message names file and line.
    """
    task = load_task(slug)
    for location, record in located_records(path):
        try:
            item = task.from_official(record)
        except ConfigurationError as problem:
            raise ConfigurationError(f"{location}: {problem}") from problem
        if item.verified or subset == "all":
            yield item


def _record(line: bytes, location: str) -> Mapping[str, Any]:
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as problem:
        raise ConfigurationError(f"{location}: not JSON: {problem}") from problem
    if not isinstance(record, dict):
        raise ConfigurationError(f"{location}: not a JSON object")
    return record
