"""Grade answers for ``codesteer replay``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from codesteer.errors import ConfigurationError
from codesteer.experience.record import question_key
from codesteer.experience.trial import SolvedQuestion, says_the_same
from codesteer.symbench import Item, Outcome, from_record, load_task
from codesteer.symbench.official import located_records
from codesteer.teaching.questions import known_answer


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
    """Grade by the correct answer, as ``learn`` does: marks such as ``<<<…>>>`` around an answer do not count.

    Raises:
        ConfigurationError: the correct answer is empty.
    """
    known = known_answer(expected)
    if known is None:
        raise ConfigurationError("the expected answer is empty; give the correct answer")
    solved = SolvedQuestion(question="", answer=known)

    def is_correct(text: str) -> bool:
        answer = known_answer(text)
        return answer is not None and (says_the_same(solved, answer) or _same_number(answer, known))

    return Grader(is_correct)


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
    wanted = question_key(question)
    for where, record in located_records(path):
        if isinstance(text := record.get("question"), str) and question_key(text) == wanted:
            return grade_by_item(_read_item(path, where, record))
    raise ConfigurationError(f"{path} has no item with the question of this run")


def _read_item(path: Path, where: str, record: Mapping[str, Any]) -> Item[Any, Any]:
    """Read an item; an official record is one of the task after which its folder is named, as by ``fetch``."""
    try:
        if "data" in record:
            return from_record(record)
        return load_task(path.resolve().parent.name).from_official(record)
    except ConfigurationError as error:
        hint = "" if "data" in record else "; official records must be in a folder named after their task"
        raise ConfigurationError(f"{where}: {error}{hint}") from error


def _same_number(answer: str, expected: str) -> bool:
    """Compare numbers exactly, in every notation: ``1e3`` and ``+1000``."""
    try:
        return Decimal(answer) == Decimal(expected)
    except ArithmeticError:
        return False
