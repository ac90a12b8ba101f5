"""SymBench as an Inspect task."""

from pathlib import Path
from typing import Any

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample

from codesteer.errors import ConfigurationError
from codesteer.evals.engine.scorers import ITEM, published, strict
from codesteer.evals.engine.served import answer_on_server
from codesteer.evals.engine.solver import answer_by
from codesteer.evals.items import Selection, Source, names, round_of
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
    max_tokens: int | None = None,
    max_seconds: float | None = None,
    temperature: float | None = None,
    sandbox: str = "local",
    retry_temperature: float | None = None,
    graph_url: str | None = None,
) -> Task:
    """SymBench's items, answered by a method.

    Args:
        method: a method's name: ``question``, ``codeact``, ``steer:rules`` …
        tasks: names parted by commas, ``all``, ``seen`` or ``unseen``; ``rg:NAME`` is one of Reasoning Gym.
        split: ``train``, ``dev`` or ``test`` (generated), ``official`` or ``verified``.
        samples: items a task.
        first: place of the first of them.
        seed: of generated items.
        level: of generated items; without one the samples go through the levels 1 to 5.
        official: folder of the official data.
        max_turns: answers of the task model, at most.
        max_tokens: tokens a problem.
        max_seconds: seconds of work a problem.
        temperature: of every request that sets no other one; Inspect's own ``--temperature`` wins over all.
        sandbox: where programs run.
        retry_temperature: of steering's later turns.
        graph_url: a deployed LangGraph server on which steering runs; the model is then ``served/NAME``.
    """
    selection = Selection(
        tasks=names(tasks),
        source=split,
        seed=seed,
        level=level,
        official=Path(official) if official else None,
    )
    items = [item for place in range(first, first + samples) for item in round_of(selection, place)]
    budget = {"max_turns": max_turns, "max_tokens": max_tokens, "max_seconds": max_seconds}
    settings: dict[str, Any] = {**budget, "sandbox": sandbox, "retry_temperature": retry_temperature}
    if graph_url is None:
        solver = answer_by(method, temperature=temperature, **settings)
    elif temperature is None:
        solver = answer_on_server(graph_url, method, **settings)
    else:
        raise ConfigurationError("a server's models sample as the server says; give no temperature")
    return Task(
        dataset=MemoryDataset([_sample(item) for item in items], name=f"symbench-{split}"),
        solver=solver,
        scorer=[strict(), published()],
        name=f"symbench-{_slug(method)}",
    )


def _sample(item: Item[Any, Any]) -> Sample:
    name = item.id if item.id.startswith(f"{item.task}/") else f"{item.task}/{item.id}"
    return Sample(
        id=name,
        input=item.question,
        target=load_task(item.task).render(item.answer),
        metadata={
            "task": item.task,
            "level": item.level,
            "flags": list(item.flags),
            ITEM: to_record(item),
        },
    )


def _slug(method: str) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in method)
