"""Rows of training data as JSON lines, and as Parquet through ``datasets``."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from codesteer.errors import ConfigurationError
from codesteer.files import replacing
from codesteer.symbench.official import read_records

TRAIN, HELD_OUT = "train.jsonl", "heldout.jsonl"


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write one JSON object a line."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Read them; raises ConfigurationError naming file and line where one is no JSON object."""
    return [dict(row) for row in read_records(path)]


def write_parquet(path: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write rows as a Parquet file; returns their number.

    Raises:
        ConfigurationError: there are none, or the training libraries are not installed.
    """
    from codesteer.models.libraries import need

    datasets = need("datasets")
    listed = [dict(row) for row in rows]
    if not listed:
        raise ConfigurationError(f"there is nothing to write to {path}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as fresh:
        datasets.Dataset.from_list(listed).to_parquet(str(fresh))
    return len(listed)
