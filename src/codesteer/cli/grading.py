"""Grade answers for ``codesteer replay``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codesteer.errors import ConfigurationError
from codesteer.symbench import Item, Outcome, from_record, load_task
from codesteer.symbench.official import located_records


@dataclass(frozen=True, slots=True)
class Grader:
    """Grades the answers to one question."""

    is_correct: Callable[[str], bool]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """Metadata of the question for preference pairs."""

    def grade(self, answer: str) -> str:
        """Return ``correct`` or ``wrong``."""
        return "correct" if self.is_correct(answer) else "wrong"


def grade_by_answer(expected: str) -> Grader:
    """Grade by the correct answer: the same words or the same number."""
    return Grader(lambda answer: answer.split() == expected.split() or _same_number(answer, expected))


def grade_by_item(item: Item[Any, Any]) -> Grader:
    """Grade with the verifier of a SymBench item."""
    task = load_task(item.task)
    return Grader(
        lambda answer: task.score(item, answer).outcome is Outcome.CORRECT,
        {"question": item.id, "task": item.task},
    )


def grade_by_items(path: Path, question: str) -> Grader:
    """Grade with the verifier of the SymBench item that has this question.

    Raises:
        ConfigurationError: no item of the file has this question, or the item is invalid.
    """
    for where, record in located_records(path):
        if record.get("question") != question:
            continue
        try:
            item = from_record(record)
        except ConfigurationError as error:
            raise ConfigurationError(f"{where}: {error}") from error
        return grade_by_item(item)
    raise ConfigurationError(f"{path} has no item with the question of this run")


def _same_number(answer: str, expected: str) -> bool:
    try:
        return float(answer) == float(expected)
    except ValueError:
        return False
