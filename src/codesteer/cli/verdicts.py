"""How ``codesteer replay`` tells a right answer from a wrong one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codesteer.errors import ConfigurationError
from codesteer.symbench import Item, Outcome, from_record, load_task
from codesteer.symbench.official import located_records


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Judges the answers to one question."""

    is_right: Callable[[str], bool]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """What preference pairs say of the question."""


def by_expected(expected: str) -> Verdicts:
    """Judge by the right answer: the same words, or the same number."""
    return Verdicts(lambda answer: answer.split() == expected.split() or _same_number(answer, expected))


def by_item(item: Item[Any, Any]) -> Verdicts:
    """Judge by the verifier of a SymBench item."""
    task = load_task(item.task)
    return Verdicts(
        lambda answer: task.score(item, answer).outcome is Outcome.CORRECT,
        {"question": item.id, "task": item.task},
    )


def by_items(path: Path, question: str) -> Verdicts:
    """Judge by the verifier of the SymBench item that asks the question.

    Raises:
        ConfigurationError: no item of the file asks it, or a line is no item.
    """
    for where, record in located_records(path):
        if record.get("question") != question:
            continue
        try:
            item = from_record(record)
        except ConfigurationError as error:
            raise ConfigurationError(f"{where}: {error}") from error
        return by_item(item)
    raise ConfigurationError(f"{path} has no item that asks the question of this run")


def _same_number(answer: str, expected: str) -> bool:
    try:
        return float(answer) == float(expected)
    except ValueError:
        return False
