"""Outcomes of several methods on the same items of a task, for methods of the same model only."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from codesteer.evals.results import Result

FINISHED_SHARE = 0.9
"""Share of the most answered problems that a method must have answered to count: others have had the easy ones."""
Answers = Mapping[str, bool]
"""Whether a method solved each item, by the item's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedTask:
    """A method and other methods of its model on the items of a task that all of them answered."""

    task: str
    own: Sequence[bool]
    others: Mapping[str, Sequence[bool]]
    """By method; empty if no other one answered the task."""


def finished(problems: Mapping[str, int]) -> list[str]:
    """Return the methods that have answered almost as many problems as the one with most."""
    most = max(problems.values(), default=0)
    return [name for name, number in problems.items() if number >= FINISHED_SHARE * most]


def with_finished(results: Sequence[Result], method: str) -> Iterator[MatchedTask]:
    """Yield a method's tasks with the other methods of its model that have finished them."""
    for task, answers in _by_task(results, method).items():
        done = finished({name: len(found) for name, found in answers.items()})
        yield from _matched(task, answers, method, [name for name in done if name != method])


def with_any(results: Sequence[Result], method: str, others: Iterable[str]) -> Iterator[MatchedTask]:
    """Yield a method's tasks with others of its model: those that have finished them if there are any, else all."""
    chosen = set(others)
    for task, answers in _by_task(results, method).items():
        present = [name for name in answers if name in chosen]
        done = finished({name: len(answers[name]) for name in [method, *present]})
        yield from _matched(task, answers, method, [name for name in present if name in done] or present)


def _matched(
    task: str, answers: Mapping[str, Answers], method: str, others: Sequence[str]
) -> Iterator[MatchedTask]:
    """Yield the task if there are items that all have answered."""
    common = sorted(set(answers[method]).intersection(*(answers[name] for name in others)))
    if common:
        outcomes = {name: [answers[name][item] for item in common] for name in [method, *others]}
        yield MatchedTask(task=task, own=outcomes.pop(method), others=outcomes)


def _by_task(results: Sequence[Result], method: str) -> dict[str, dict[str, dict[str, bool]]]:
    """Return what methods of the same model answered, by task and method, for the tasks of a method."""
    scored = [result for result in results if result.scored]
    models = {result.model for result in scored if result.method == method}
    tables: dict[str, dict[str, dict[str, bool]]] = {}
    for result in scored:
        if result.model in models:
            tables.setdefault(result.task, {}).setdefault(result.method, {})[result.item] = result.solved
    return {task: answers for task, answers in tables.items() if method in answers}
