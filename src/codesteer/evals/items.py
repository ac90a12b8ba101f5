"""Which items a run asks: round k holds the k-th item of every task."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal, get_args

from codesteer.errors import ConfigurationError
from codesteer.symbench import Item, Task, load_official, load_task, tasks
from codesteer.symbench.layout import published_records
from codesteer.symbench.seeds import SPLITS, Split

Source = Literal["official", "verified", "train", "dev", "test"]
SOURCES: tuple[Source, ...] = get_args(Source)
GROUPS = ("all", "seen", "unseen")
LEVELS = 5
"""Generated rounds go through the levels 1 to 5 in turn where no level is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A choice of items; the same selection gives the same items on every machine."""

    tasks: tuple[str, ...] = ("all",)
    """Names; ``all``, ``seen`` and ``unseen`` stand for the tasks of the benchmark."""
    source: Source = "test"
    """A split of generated items, the official items, or those of them that are ``verified``."""
    seed: int = 0
    level: int | None = None
    official: Path | None = None
    """Folder of the official data: ``<task>/samples.jsonl`` each, or a checkout of its repository."""


def chosen_tasks(selection: Selection) -> list[Task[Any, Any, Any]]:
    """Return the selected tasks that have items in the source.

    Raises:
        ConfigurationError: unknown task, or none of them has such items.
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


def round_of(selection: Selection, place: int) -> list[Item[Any, Any]]:
    """Return the ``place``-th item (from 0) of each task; a task that has fewer is left out.

    Raises:
        ConfigurationError: unknown task or level; official data that is not there.
    """
    if selection.source not in SOURCES:
        raise ConfigurationError(f"a split is one of {', '.join(SOURCES)}, not {selection.source!r}")
    items = [item for task in chosen_tasks(selection) if (item := _item(selection, task, place)) is not None]
    if not items:
        raise ConfigurationError(f"no task has more than {place} {selection.source} items")
    return items


def names(listed: str | Sequence[str]) -> tuple[str, ...]:
    """Return the names in a list, or in a text that parts them by commas."""
    parts = listed.split(",") if isinstance(listed, str) else listed
    return tuple(part.strip() for part in parts if part.strip())


def _group(name: str) -> Sequence[Task[Any, Any, Any]]:
    if name not in GROUPS:
        return [load_task(name)]
    return [task for task in tasks() if name == "all" or task.seen == (name == "seen")]


def _item(selection: Selection, task: Task[Any, Any, Any], place: int) -> Item[Any, Any] | None:
    split = next((split for split in SPLITS if split == selection.source), None)
    if split is None:
        return next(islice(_official(selection, task.slug), place, None), None)
    return _generated(selection, task, split, place)


def _generated(selection: Selection, task: Task[Any, Any, Any], split: Split, place: int) -> Item[Any, Any]:
    level = selection.level or task.levels[place % min(LEVELS, len(task.levels))]
    return task.generate(selection.seed, level, split, place)


def _official(selection: Selection, slug: str) -> Iterator[Item[Any, Any]]:
    items = _stored(selection.official, slug)
    return (item for item in items if selection.source == "official" or item.verified)


def _stored(folder: Path | None, slug: str) -> Iterator[Item[Any, Any]]:
    if folder is None:
        raise ConfigurationError("official items need their folder; give it with --official DIR")
    file = folder / slug / "samples.jsonl"
    if file.is_file():
        return load_official(slug, file)
    task = load_task(slug)
    items = (task.from_official(record) for record in published_records(slug, folder))
    first = next(items, None)
    if first is None:
        raise ConfigurationError(f"{folder} holds no official items of {slug} (no {slug}/samples.jsonl)")
    return (item for part in ([first], items) for item in part)
