"""Fetch official data into ``<folder>/<task>/samples.jsonl`` and verify checksums.

Each file is pinned to a commit of its repository. Its SHA-256 is compared with that in ``sources.py``, if any, or
else with the one that the first fetch recorded in ``checksums.json`` next to the data.
"""

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from codesteer.errors import ConfigurationError, DataError
from codesteer.files import write_text_atomically
from codesteer.symbench.official import read_records
from codesteer.symbench.sources import SOURCES, Row, Source

LOCK: Final = "checksums.json"


def fetch(slug: str, folder: Path) -> Path:
    """Fetch the official data of a task and return its ``samples.jsonl``.

    Raises:
        ConfigurationError: The task has no source, or a package is missing.
        DataError: The hub is unreachable, or the file has changed.
    """
    if slug not in SOURCES:
        raise ConfigurationError(
            f"{slug} cannot be fetched; official data is available for {', '.join(SOURCES)}"
        )
    source = SOURCES[slug]
    raw = download(source, folder / "downloads" / slug)
    target = folder / slug / "samples.jsonl"
    target.parent.mkdir(parents=True, exist_ok=True)
    _check(slug, source, raw, folder / LOCK)
    rows = list(read_rows(raw))
    if len(rows) != source.rows:
        raise DataError(f"{raw} has {len(rows)} rows instead of {source.rows}; delete it and fetch again")
    records = ({"id": f"{slug}#{number}", **source.record(row)} for number, row in enumerate(rows))
    write_text_atomically(
        target, "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    )
    return target


def download(source: Source, folder: Path) -> Path:
    """Download the file of a source unless it is already there.

    Raises:
        DataError: The hub is unreachable or does not have the file.
    """
    from huggingface_hub import hf_hub_download

    try:
        with _quiet("huggingface_hub"):
            return Path(
                hf_hub_download(
                    source.repository,
                    source.file,
                    repo_type="dataset",
                    revision=source.revision,
                    local_dir=folder,
                )
            )
    except Exception as problem:
        # The hub's client passes on exceptions of whichever HTTP library it uses.
        name = f"{source.repository}/{source.file}"
        raise DataError(
            f"cannot fetch {name} from huggingface.co ({type(problem).__name__}); check the network"
        ) from problem


@contextmanager
def _quiet(name: str) -> Iterator[None]:
    """Silence a package's log of retries: the final error is enough."""
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def read_rows(path: Path) -> Iterable[Row]:
    """Read the rows of a JSONL or Parquet file.

    Raises:
        ConfigurationError: The package that reads Parquet is missing, or a line is not JSON.
        DataError: The file is not a Parquet file.
    """
    if path.suffix == ".jsonl":
        return read_records(path)
    return _parquet(path)


def _parquet(path: Path) -> Iterator[Row]:
    try:
        from pyarrow import ArrowInvalid, parquet
    except ImportError as problem:
        message = f"reading {path.name} needs pyarrow: pip install 'codesteer[data]'"
        raise ConfigurationError(message) from problem
    try:
        yield from parquet.read_table(path).to_pylist()
    except ArrowInvalid as problem:
        raise DataError(f"{path} is not a Parquet file; delete it and fetch again") from problem


def _check(slug: str, source: Source, raw: Path, lock: Path) -> None:
    """Verify the file's checksum; record it on the first fetch."""
    known = _locked(lock)
    found = hashlib.sha256(raw.read_bytes()).hexdigest()
    entry = {"repository": source.repository, "revision": source.revision, "file": source.file}
    recorded = known.get(slug, {})
    same_file = all(recorded.get(name) == value for name, value in entry.items())
    expected = source.sha256 or (recorded.get("sha256", "") if same_file else "")
    if expected and found != expected:
        raise DataError(f"{raw} has a different SHA-256 than before; delete it and fetch again")
    write_text_atomically(
        lock, json.dumps(known | {slug: entry | {"sha256": found}}, indent=2, sort_keys=True) + "\n"
    )


def _locked(lock: Path) -> dict[str, Any]:
    if not lock.exists():
        return {}
    try:
        return dict(json.loads(lock.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as problem:
        raise DataError(
            f"{lock} is not valid ({problem}); delete it to record the checksums again"
        ) from problem
