"""SymBench as an Inspect task."""

from collections.abc import Mapping, Set
from hashlib import sha256
from pathlib import Path
from typing import Any

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample

from codesteer.errors import ConfigurationError
from codesteer.evals.engine.scorers import ITEM_KEY, published, strict
from codesteer.evals.engine.served import answer_on_server
from codesteer.evals.engine.solver import answer_with
from codesteer.evals.items import item_name, items_at
from codesteer.evals.methods.names import method_slug
from codesteer.evals.record import PLACE_KEY, TOKENS_ALLOWED_KEY
from codesteer.evals.selection import ItemSelection, Source, split_names
from codesteer.symbench import Item, load_task, to_record


@task
def symbench(
    method: str = "steer:rules",
    tasks: str | list[str] = "all",
    split: Source = "test",
    samples: int = 1,
    first: int = 0,
    seed: int = 0,
    level: int | None = None,
    official: str | None = None,
    max_turns: int = 5,
    candidates: int = 2,
    max_tokens: int | None = None,
    max_seconds: float | None = None,
    temperature: float | None = None,
    sandbox: str = "local",
    retry_temperature: float | None = None,
    graph_url: str | None = None,
) -> Task:
    """SymBench, answered with a method.

    Args:
        method: a method name: ``question``, ``codeact``, ``steer:rules`` …
        tasks: comma-separated names, ``all``, ``seen`` or ``unseen``; ``rg:NAME`` is a Reasoning Gym task.
        split: ``train``, ``dev`` or ``test`` (generated), ``official`` or ``verified``.
        samples: items per task.
        first: index of the first item.
        seed: random seed of generated items.
        level: level of generated items; by default the samples cycle through levels 1 to 5.
        official: folder of the official data.
        max_turns: maximum answers of the task model.
        candidates: maximum independent attempts made side by side.
        max_tokens: maximum tokens per problem.
        max_seconds: maximum seconds per problem.
        temperature: default temperature of requests; Inspect's own ``--temperature`` takes precedence.
        sandbox: the sandbox for programs.
        retry_temperature: temperature of the turns after the first.
        graph_url: a deployed LangGraph server that runs the steering; the model is then ``served/NAME``.
    """
    selection = ItemSelection(
        tasks=split_names(tasks),
        source=split,
        seed=seed,
        level=level,
        official=Path(official) if official else None,
    )
    items = items_at(selection, range(first, first + samples))
    settings: dict[str, Any] = {
        "max_turns": max_turns,
        "candidates": candidates,
        "max_tokens": max_tokens,
        "max_seconds": max_seconds,
        "sandbox": sandbox,
        "retry_temperature": retry_temperature,
    }
    if graph_url is None:
        solver = answer_with(method, temperature=temperature, **settings)
    elif temperature is None:
        solver = answer_on_server(graph_url, method, **settings)
    else:
        raise ConfigurationError("the server sets the temperature of its models; remove temperature")
    return Task(
        dataset=MemoryDataset([_sample(item) for item in items], name=f"symbench-{split}"),
        solver=solver,
        scorer=[strict(), published()],
        name=f"symbench-{method_slug(method)}",
    )


def as_stream(task: Task, seed: int) -> Task:
    """Put a task's samples into a mixed order that the seed determines, and number them from 1."""
    samples = sorted(task.dataset, key=lambda sample: sha256(f"{seed}/{sample.id}".encode()).digest())
    for place, sample in enumerate(samples, 1):
        sample.metadata = {**(sample.metadata or {}), PLACE_KEY: place}
    task.dataset = MemoryDataset(samples, name=task.dataset.name)
    return task


def with_token_budgets(task: Task, tokens: Mapping[str, int]) -> Task:
    """Give each sample its token budget and leave out samples without one.

    The budgets are no arguments of the task: Inspect would not find the task's logs again when budgets are added.

    Args:
        task: a task that ``symbench`` returned.
        tokens: the budgets, by the names of the items.
    """
    samples = [sample for sample in task.dataset if str(sample.id) in tokens]
    for sample in samples:
        sample.metadata = {**(sample.metadata or {}), TOKENS_ALLOWED_KEY: tokens[str(sample.id)]}
    task.dataset = MemoryDataset(samples, name=task.dataset.name)
    return task


def without_samples(task: Task, names: Set[str]) -> Task:
    """Leave out the samples of these items."""
    samples = [sample for sample in task.dataset if str(sample.id) not in names]
    task.dataset = MemoryDataset(samples, name=task.dataset.name)
    return task


def _sample(item: Item[Any, Any]) -> Sample:
    return Sample(
        id=item_name(item),
        input=item.question,
        target=load_task(item.task).format_answer(item.answer),
        metadata={
            "task": item.task,
            "level": item.level,
            "flags": list(item.flags),
            ITEM_KEY: to_record(item),
        },
    )
