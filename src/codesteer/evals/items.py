"""Select the items of a run: round k holds the k-th item of every task."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from codesteer.errors import ConfigurationError
from codesteer.evals.selection import SOURCES, ItemSelection
from codesteer.symbench import Item, Task, load_official, load_task, tasks
from codesteer.symbench.official_repository import read_official_records
from codesteer.symbench.seeds import SPLITS, Split

GROUPS = ("all", "seen", "unseen")
LEVELS = 5
"""Number of levels that generated rounds cycle through if no level is set."""
KEPT_ITEMS = 4096
"""Generated items that are kept: a run names its items several times, and some take long to generate."""


def selected_tasks(selection: ItemSelection) -> list[Task[Any, Any, Any]]:
    """Return the selected tasks that have items in the source.

    Raises:
        ConfigurationError: no task, an unknown one, or none with such items.
    """
    if not selection.tasks:
        raise ConfigurationError("no tasks to ask; name some, or all, seen or unseen")
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


def items_at(selection: ItemSelection, indexes: Iterable[int]) -> Iterator[Item[Any, Any]]:
    """Yield the items with these indexes, of all selected tasks; raises as ``round_items`` does."""
    return (item for index in indexes for item in round_items(selection, index))


def item_names(selection: ItemSelection, indexes: Iterable[int]) -> set[str]:
    """Return the names of the items that ``items_at`` yields."""
    return {item_name(item) for item in items_at(selection, indexes)}


def item_name(item: Item[Any, Any]) -> str:
    """Return an item's name, which is unique among all tasks."""
    return item.id if item.id.startswith(f"{item.task}/") else f"{item.task}/{item.id}"


def _group(name: str) -> Sequence[Task[Any, Any, Any]]:
    if name not in GROUPS:
        return [load_task(name)]
    return [task for task in tasks() if name == "all" or task.seen == (name == "seen")]


def _item(selection: ItemSelection, task: Task[Any, Any, Any], index: int) -> Item[Any, Any] | None:
    split = next((split for split in SPLITS if split == selection.source), None)
    if split is None:
        return next(islice(_official(selection, task.slug), index, None), None)
    level = selection.level or task.levels[index % min(LEVELS, len(task.levels))]
    return _generated(task.slug, selection.seed, level, split, index)


@lru_cache(maxsize=KEPT_ITEMS)
def _generated(slug: str, seed: int, level: int, split: Split, index: int) -> Item[Any, Any]:
    return load_task(slug).generate(seed, level, split, index)


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
