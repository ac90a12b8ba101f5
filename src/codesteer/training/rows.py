"""Training data as JSON Lines, and as Parquet through ``datasets``."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from codesteer.errors import ConfigurationError
from codesteer.files import atomic_replace
from codesteer.symbench.official import read_records

TRAIN, HELD_OUT = "train.jsonl", "heldout.jsonl"


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write one JSON object per line; an error leaves an old file as it is."""
    with atomic_replace(path) as fresh, fresh.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Read the rows; raise ConfigurationError with file and line for an invalid one."""
    return [dict(row) for row in read_records(path)]


def write_parquet(path: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write rows as a Parquet file; return their number.

    Raises:
        ConfigurationError: there are no rows, or the training libraries are not installed.
    """
    from codesteer.models.libraries import import_library

    datasets = import_library("datasets")
    listed = [dict(row) for row in rows]
    if not listed:
        raise ConfigurationError(f"no rows to write to {path}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_replace(path) as fresh:
        datasets.Dataset.from_list(listed).to_parquet(str(fresh))
    return len(listed)
