"""Questions to learn from: drawn from SymBench's tasks, or read from a file."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from codesteer.errors import ConfigurationError
from codesteer.experience.record import Source, question_key
from codesteer.experience.trial import SolvedQuestion, says_the_same
from codesteer.symbench import Item, load_task


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingQuestion:
    """A question to learn from."""

    id: str
    question: str
    answer: str | None = None
    """A right answer; None if it is not known."""
    source: Source = "person"
    """Who knows the answer."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges answers by the tasks' verifiers where a question is a task's, else by comparison."""

    verifiers: Mapping[str, Callable[[str], bool]]
    """Tells whether an answer is right, by question key."""

    def __call__(self, solved: SolvedQuestion, answer: str) -> bool:
        """Return whether an answer is right for a solved question."""
        verifier = self.verifiers.get(question_key(solved.question))
        return says_the_same(solved, answer) if verifier is None else verifier(answer)


@dataclass(frozen=True, slots=True)
class Lessons:
    """Questions in the order in which they are asked, and the judge of their answers."""

    questions: tuple[TrainingQuestion, ...]
    judge: Judge


def item_lessons(items: Iterable[Item[Any, Any]]) -> Lessons:
    """Return the different questions of items, judged by the verifiers of their tasks."""
    different = {question_key(item.question): item for item in items}
    verifiers = {key: _verifier(item) for key, item in different.items()}
    return Lessons(tuple(_as_question(item) for item in different.values()), Judge(verifiers))


def _as_question(item: Item[Any, Any]) -> TrainingQuestion:
    answer = load_task(item.task).format_answer(item.answer)
    return TrainingQuestion(id=item.id, question=item.question, answer=answer, source="verifier")


def _verifier(item: Item[Any, Any]) -> Callable[[str], bool]:
    task = load_task(item.task)
    return partial(task.accepts, item)


def read_lessons(lines: Iterable[str], name: str) -> Lessons:
    """Read a file of questions, one JSON object a line: ``question``, and ``answer`` where it is known.

    Raises:
        ConfigurationError: a line is no such object, or no line is.
    """
    numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    questions = [_parse(line, f"{name}, line {number}") for number, line in numbered]
    if not questions:
        raise ConfigurationError(f"{name} has no questions")
    different = {question_key(question.question): question for question in questions}
    return Lessons(tuple(different.values()), Judge({}))


def _parse(line: str, where: str) -> TrainingQuestion:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{where}: no JSON object") from error
    question, answer = (
        (value.get("question"), value.get("answer")) if isinstance(value, dict) else (None, None)
    )
    if not isinstance(question, str) or not question.strip():
        raise ConfigurationError(f'{where}: use {{"question": "…", "answer": "…"}}')
    if answer is not None and not isinstance(answer, str | int | float):
        raise ConfigurationError(f"{where}: the answer is neither a text nor a number")
    known = None if answer is None else str(answer)
    return TrainingQuestion(id=str(value.get("id", where)), question=question.strip(), answer=known)
