"""The selection of a run's items: which tasks, from which source."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

Source = Literal["official", "verified", "train", "dev", "test"]
SOURCES: tuple[Source, ...] = get_args(Source)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSelection:
    """A selection of items; the same selection gives the same items on every machine."""

    tasks: tuple[str, ...] = ("all",)
    """Task names; ``all``, ``seen`` and ``unseen`` stand for groups of SymBench."""
    source: Source = "test"
    """A split of generated items, the official items, or the ``verified`` ones among them."""
    seed: int = 0
    level: int | None = None
    official: Path | None = None
    """Folder with the official data: ``<task>/samples.jsonl``, or a checkout of its repository."""


def split_names(listed: str | Sequence[str]) -> tuple[str, ...]:
    """Return the names in a sequence or a comma-separated text."""
    parts = listed.split(",") if isinstance(listed, str) else listed
    return tuple(part.strip() for part in parts if part.strip())
