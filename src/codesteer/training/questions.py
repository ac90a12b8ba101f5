"""Draw the questions for trajectories: seen tasks, training split, no duplicates, no evaluation questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count, cycle
from typing import Any

from codesteer.errors import ConfigurationError
from codesteer.symbench import Item, Task, load_task, tasks
from codesteer.training.decontamination import contaminations, normalized

MAX_MISSES = 20
"""Consecutive draws without a new question after which a task counts as exhausted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSelection:
    """Which questions are drawn from the benchmark."""

    tasks: tuple[str, ...]
    per_task: int
    levels: tuple[int, ...] = ()
    """Levels to cycle through, as far as a task has them; empty for all levels."""
    seed: int = 0
    adaptive: bool = False
    """Whether earlier trees decide which level a task's next question has; see ``curriculum.Curriculum``."""


@dataclass(slots=True)
class DrawnQuestions:
    """The drawn questions, and what was left out."""

    items: list[Item[Any, Any]]
    contaminated: int
    """Number of questions left out because they are in evaluation data."""
    duplicates: int
    short: dict[str, int]
    """Tasks with fewer questions than requested, and how many they had."""


def draw_questions(selection: QuestionSelection, against: Mapping[str, str]) -> DrawnQuestions:
    """Draw items from all tasks in turn, so that an interrupted run has some of each.

    Args:
        selection: tasks, levels and counts.
        against: evaluation questions, the result of ``decontamination.read_questions``.

    Raises:
        ConfigurationError: an unknown or unseen task, or one without a generator or these levels.
    """
    drawn = DrawnQuestions([], 0, 0, {})
    known: set[str] = set()
    by_task = []
    for slug in selection.tasks:
        items = _draw_task(load_trainable_task(slug), selection, dict(against), known, drawn)
        if len(items) < selection.per_task:
            drawn.short[slug] = len(items)
        by_task.append(items)
    for round_ in range(selection.per_task):
        drawn.items += [items[round_] for items in by_task if round_ < len(items)]
    return drawn


def load_trainable_task(slug: str) -> Task[Any, Any, Any]:
    """Return a task; raise ConfigurationError if a guide must not be trained on it."""
    task = load_task(slug)
    if not task.seen:
        raise ConfigurationError(f"{slug} is an unseen task, reserved for evaluating guides; remove it")
    if not task.levels:
        raise ConfigurationError(f"{slug} has no generator and so no training split; remove it")
    return task


def allowed_levels(slug: str, wanted: Sequence[int]) -> list[int]:
    """Return the levels of a task among the wanted ones, or all if none is named; see ``draw_questions``."""
    return _levels(load_trainable_task(slug), wanted)


def trainable_tasks() -> tuple[str, ...]:
    """Return the names of the seen tasks that have a generator."""
    return tuple(task.slug for task in tasks() if task.seen and task.levels)


def _draw_task(
    task: Task[Any, Any, Any],
    selection: QuestionSelection,
    against: dict[str, str],
    known: set[str],
    drawn: DrawnQuestions,
) -> list[Item[Any, Any]]:
    levels = _levels(task, selection.levels)
    found: list[Item[Any, Any]] = []
    misses = 0
    for index, level in zip(count(), cycle(levels), strict=False):
        if len(found) == selection.per_task or misses == MAX_MISSES:
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
    """Generate an item; None if a level has too few questions for the training split."""
    try:
        return task.generate(seed, level, "train", index)
    except ConfigurationError:
        return None


def _levels(task: Task[Any, Any, Any], wanted: Sequence[int]) -> list[int]:
    levels = [level for level in task.levels if not wanted or level in wanted]
    if not levels:
        raise ConfigurationError(f"{task.slug} has levels 1 to {task.levels[-1]}, none of the requested ones")
    return levels
