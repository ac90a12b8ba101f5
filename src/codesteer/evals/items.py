"""Select the items of a run: round k holds the k-th item of every task."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal, get_args

from codesteer.errors import ConfigurationError
from codesteer.symbench import Item, Task, load_official, load_task, tasks
from codesteer.symbench.official_repository import read_official_records
from codesteer.symbench.seeds import SPLITS, Split

Source = Literal["official", "verified", "train", "dev", "test"]
SOURCES: tuple[Source, ...] = get_args(Source)
GROUPS = ("all", "seen", "unseen")
LEVELS = 5
"""Number of levels that generated rounds cycle through if no level is set."""


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


def selected_tasks(selection: ItemSelection) -> list[Task[Any, Any, Any]]:
    """Return the selected tasks that have items in the source.

    Raises:
        ConfigurationError: unknown task, or no task has such items.
    """
    found = [task for name in selection.tasks for task in _group(name)]
    unique = list({task.slug: task for task in found}.values())
    generated = selection.source in SPLITS
    usable = [task for task in unique if not generated or task.levels]
    if not usable:
        raise ConfigurationError(
            f"none of the tasks {', '.join(selection.tasks)} has {selection.source} items"
        )
    return usable


def round_items(selection: ItemSelection, index: int) -> list[Item[Any, Any]]:
    """Return the item with this index (from 0) of each task; tasks with fewer items are left out.

    Raises:
        ConfigurationError: unknown task or level, or missing official data.
    """
    if selection.source not in SOURCES:
        raise ConfigurationError(f"unknown split {selection.source!r}; choose one of {', '.join(SOURCES)}")
    items = [
        item for task in selected_tasks(selection) if (item := _item(selection, task, index)) is not None
    ]
    if not items:
        raise ConfigurationError(f"no task has more than {index} {selection.source} items")
    return items


def split_names(listed: str | Sequence[str]) -> tuple[str, ...]:
    """Return the names in a sequence or a comma-separated text."""
    parts = listed.split(",") if isinstance(listed, str) else listed
    return tuple(part.strip() for part in parts if part.strip())


def _group(name: str) -> Sequence[Task[Any, Any, Any]]:
    if name not in GROUPS:
        return [load_task(name)]
    return [task for task in tasks() if name == "all" or task.seen == (name == "seen")]


def _item(selection: ItemSelection, task: Task[Any, Any, Any], index: int) -> Item[Any, Any] | None:
    split = next((split for split in SPLITS if split == selection.source), None)
    if split is None:
        return next(islice(_official(selection, task.slug), index, None), None)
    return _generated(selection, task, split, index)


def _generated(
    selection: ItemSelection, task: Task[Any, Any, Any], split: Split, index: int
) -> Item[Any, Any]:
    level = selection.level or task.levels[index % min(LEVELS, len(task.levels))]
    return task.generate(selection.seed, level, split, index)


def _official(selection: ItemSelection, slug: str) -> Iterator[Item[Any, Any]]:
    items = _read_official(selection.official, slug)
    return (item for item in items if selection.source == "official" or item.verified)


def _read_official(folder: Path | None, slug: str) -> Iterator[Item[Any, Any]]:
    if folder is None:
        raise ConfigurationError("official items need their folder; set --official DIR")
    file = folder / slug / "samples.jsonl"
    if file.is_file():
        return load_official(slug, file)
    task = load_task(slug)
    items = (task.from_official(record) for record in read_official_records(slug, folder))
    first = next(items, None)
    if first is None:
        raise ConfigurationError(f"{folder} holds no official items of {slug} (no {slug}/samples.jsonl)")
    return (item for part in ([first], items) for item in part)
