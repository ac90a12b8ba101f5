"""Which questions trajectories are sampled on: seen tasks, training split, no question twice, none from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count, cycle
from typing import Any

from codesteer.errors import ConfigurationError
from codesteer.symbench import Item, Task, load_task, tasks
from codesteer.training.decontamination import contaminations, normalized

TRIES = 20
"""Draws in a row that give nothing new before a task counts as exhausted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is drawn from the benchmark."""

    tasks: tuple[str, ...]
    per_task: int
    levels: tuple[int, ...] = ()
    """Levels to draw from in turn, as far as a task has them; empty: all of a task's levels."""
    seed: int = 0


@dataclass(slots=True)
class Draw:
    """What was drawn."""

    items: list[Item[Any, Any]]
    contaminated: int
    """Questions left out because evaluation data asks them."""
    duplicates: int
    short: dict[str, int]
    """Tasks that had fewer questions than asked for, and how many they gave."""


def draw(selection: Selection, against: Mapping[str, str]) -> Draw:
    """Draw the items, task by task in turn, so that an interrupted run has some of each.

    Args:
        selection: tasks, levels, numbers.
        against: questions of evaluation data, as ``decontamination.read_questions`` gives them.

    Raises:
        ConfigurationError: an unknown or unseen task, or one without a generator or these levels.
    """
    drawn = Draw([], 0, 0, {})
    known: set[str] = set()
    by_task = []
    for slug in selection.tasks:
        items = _draw_task(trainable(slug), selection, dict(against), known, drawn)
        if len(items) < selection.per_task:
            drawn.short[slug] = len(items)
        by_task.append(items)
    for round_ in range(selection.per_task):
        drawn.items += [items[round_] for items in by_task if round_ < len(items)]
    return drawn


def trainable(slug: str) -> Task[Any, Any, Any]:
    """The task of this name; raises ConfigurationError for one that a guide must not be trained on."""
    task = load_task(slug)
    if not task.seen:
        raise ConfigurationError(f"{slug} is an unseen task: it is kept for judging guides; leave it out")
    if not task.levels:
        raise ConfigurationError(f"{slug} has no generator, so it has no training split; leave it out")
    return task


def trainable_tasks() -> tuple[str, ...]:
    """The seen tasks that have a generator."""
    return tuple(task.slug for task in tasks() if task.seen and task.levels)


def _draw_task(
    task: Task[Any, Any, Any], selection: Selection, against: dict[str, str], known: set[str], drawn: Draw
) -> list[Item[Any, Any]]:
    levels = _levels(task, selection.levels)
    found: list[Item[Any, Any]] = []
    misses = 0
    for index, level in zip(count(), cycle(levels), strict=False):
        if len(found) == selection.per_task or misses == TRIES:
            return found
        misses += 1
        item = _generate(task, selection.seed, level, index)
        if item is None:
            continue
        if normalized(item.question) in known:
            drawn.duplicates += 1
        elif contaminations([item.question], against):
            drawn.contaminated += 1
        else:
            known.add(normalized(item.question))
            found.append(item)
            misses = 0
    raise AssertionError("the levels are cycled without end")


def _generate(task: Task[Any, Any, Any], seed: int, level: int, index: int) -> Item[Any, Any] | None:
    """Draw an item; None where a level has too few questions for one to be at home in the training split."""
    try:
        return task.generate(seed, level, "train", index)
    except ConfigurationError:
        return None


def _levels(task: Task[Any, Any, Any], wanted: Sequence[int]) -> list[int]:
    levels = [level for level in task.levels if not wanted or level in wanted]
    if not levels:
        raise ConfigurationError(f"{task.slug} has levels 1 to {task.levels[-1]}, none of those asked for")
    return levels
