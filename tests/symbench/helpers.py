"""Helpers for the tests of all tasks: generated items, official samples, mutated answers."""

import os
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

from codesteer.symbench import Item, Task, load_task
from codesteer.symbench.registry import slugs

ITEMS = int(os.environ.get("SYMBENCH_ITEMS", "10"))
"""Generated items a task in a test run; the full run takes 1000."""
MUTANTS = 6
TRIES = 60
SLUGS = slugs()
WITH_GENERATOR = tuple(slug for slug in SLUGS if load_task(slug).levels)
"""The tasks that have a generator."""


def samples_folder() -> Path | None:
    """The official samples: SYMBENCH_SAMPLES, or shared/symbench/samples beside or above the repository."""
    named = os.environ.get("SYMBENCH_SAMPLES")
    places = [Path(named)] if named else []
    places += [above / "shared/symbench/samples" for above in Path(__file__).resolve().parents]
    return next((place for place in places if place.is_dir()), None)


def generated(slug: str, count: int = ITEMS) -> Iterator[Item[Any, Any]]:
    """Items of a task, spread over all its levels; a task without generator brings its own."""
    task = load_task(slug)
    if slug not in WITH_GENERATOR:
        yield from oracle(slug).ITEMS
        return
    for index in range(count):
        yield task.generate(
            seed=5, level=task.levels[index % len(task.levels)], index=index // len(task.levels)
        )


def marked(task: Task[Any, Any, Any], answer: Any) -> str:
    """An answer as a model would give it."""
    return f"The answer is <<<{task.format_answer(answer)}>>>."


@cache
def oracle(slug: str) -> ModuleType:
    """The independent check of a task: ``accepts(puzzle, answer)`` and, where it has its own, ``mutants``."""
    return import_module(f"tests.symbench.oracles.{slug}")


def mutants(slug: str, item: Item[Any, Any], rng: Random) -> list[Any]:
    """Changed answers; each differs from the stored one."""
    own = getattr(oracle(slug), "mutants", None)
    if own:
        return [answer for answer in own(item.data, item.answer, rng) if answer != item.answer]
    made: list[Any] = []
    for _ in range(TRIES):
        answer = mutate(item.answer, rng)
        if answer != item.answer and answer not in made:
            made.append(answer)
        if len(made) == MUTANTS:
            return made
    return made + _grown(item.answer)  # a very short answer can hardly be changed in its place


def _grown(answer: Any) -> list[Any]:
    """A text with another letter at its end, six times; nothing for other answers."""
    return [answer + letter for letter in "uvwxyz"] if isinstance(answer, str) else []


def mutate(answer: Any, rng: Random) -> Any:
    """One random change: a leaf altered, or a part dropped, doubled or swapped with another."""
    if isinstance(answer, int):
        return answer + rng.choice((-1, 1, 2, -10, 10, 1000, -answer * 2 or 3))
    if isinstance(answer, str):
        return "".join(_mutated_sequence(answer, rng))
    return tuple(_mutated_sequence(answer, rng))


def _mutated_sequence(parts: Sequence[Any], rng: Random) -> list[Any]:
    changed = list(parts)
    if not changed:
        return changed
    i, j = rng.randrange(len(changed)), rng.randrange(len(changed))
    match rng.choice(("alter", "alter", "swap", "drop", "double")):
        case "swap":
            changed[i], changed[j] = changed[j], changed[i]
        case "drop":
            del changed[i]
        case "double":
            changed.insert(i, changed[j])
        case _:
            changed[i] = _altered(changed[i], changed, rng)
    return changed


def _altered(part: Any, parts: Sequence[Any], rng: Random) -> Any:
    if isinstance(part, str) and len(part) == 1:
        return rng.choice([*parts, chr(ord(part) + 1)])
    if isinstance(part, tuple) and len(part) <= 3:  # a position or another record, whose length is its form
        at = rng.randrange(len(part))
        return (*part[:at], mutate(part[at], rng), *part[at + 1 :])
    return mutate(part, rng)
