"""Look up tasks by name: every module of ``codesteer.symbench.problems`` defines one as ``TASK``."""

import difflib
import pkgutil
from functools import cache
from importlib import import_module
from typing import Any, cast

from codesteer.errors import ConfigurationError
from codesteer.symbench import problems
from codesteer.symbench.reasoning_gym import PREFIX, load_reasoning_gym_task
from codesteer.symbench.task import Task


@cache
def slugs() -> tuple[str, ...]:
    """Return the names of all tasks in alphabetical order."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(problems.__path__)))


def tasks() -> tuple[Task[Any, Any, Any], ...]:
    """Return all tasks in alphabetical order."""
    return tuple(load_task(slug) for slug in slugs())


def load_task(slug: str) -> Task[Any, Any, Any]:
    """Return the task with this name; ``rg:<dataset>`` names a data set of Reasoning Gym.

    Raises:
        ConfigurationError: There is no such task; the message suggests similar names.
    """
    if slug.startswith(PREFIX):
        return load_reasoning_gym_task(slug)
    if slug not in slugs():
        near = difflib.get_close_matches(slug, slugs(), n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else f"choose one of {', '.join(slugs())}"
        raise ConfigurationError(f"unknown task {slug!r}; {hint}")
    return cast("Task[Any, Any, Any]", import_module(f"{problems.__name__}.{slug}").TASK)
