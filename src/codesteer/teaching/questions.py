"""Questions to learn from: drawn from SymBench's tasks, or read from a file."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from codesteer.checkers.answer_form import same_answer
from codesteer.errors import ConfigurationError
from codesteer.experience.record import Source, question_key
from codesteer.experience.trial import SolvedQuestion, says_the_same
from codesteer.files import JsonLine, json_lines
from codesteer.models.characters import valid_text
from codesteer.replies.answer_marks import find_marked_answer, is_empty_mark
from codesteer.symbench import Item, load_task

FORM = 'use {"question": "…", "answer": "…"}'
MARKS = (">>>", "\\boxed{", "</answer>")
"""Without one of them, no mark around an answer is complete."""
SHOWN = 80
"""Characters of an answer that are shown in messages."""


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


def read_lessons(text: str, name: str) -> Lessons:
    """Read a file of questions, one JSON object a line: ``question``, and ``answer`` where it is known.

    A question that is repeated counts once, with the answer of the line that has one.

    Args:
        text: the file's text.
        name: the file's name, for messages.

    Raises:
        ConfigurationError: a line is no such object, no line is, or two lines answer a question differently.
    """
    different: dict[str, _Located] = {}
    for line in json_lines(text):
        where = f"{name}, line {line.number}"
        found = _Located(_parse(line, where), where)
        key = question_key(found.question.question)
        before = different.get(key)
        different[key] = found if before is None else _one_of(before, found)
    if not different:
        raise ConfigurationError(f"{name} has no questions")
    return Lessons(tuple(one.question for one in different.values()), Judge({}))


@dataclass(frozen=True, slots=True)
class _Located:
    question: TrainingQuestion
    where: str


def _one_of(before: _Located, repeated: _Located) -> _Located:
    """Return the line of a repeated question that has an answer; refuse two that contradict each other."""
    one, other = before.question.answer, repeated.question.answer
    if one is not None and other is not None and not same_answer(one, other):
        raise ConfigurationError(
            f"{repeated.where}: the answer is {other[:SHOWN]!r}, but {one[:SHOWN]!r} for the same question in "
            f"{before.where}; remove the wrong one"
        )
    return repeated if one is None else before


def _parse(line: JsonLine, where: str) -> TrainingQuestion:
    if line.problem:
        raise ConfigurationError(f"{where}: {line.problem}; {FORM}")
    value = line.value if isinstance(line.value, dict) else {}
    question, answer = value.get("question"), value.get("answer")
    if not isinstance(question, str) or not question.strip():
        raise ConfigurationError(f"{where}: {FORM}")
    if isinstance(answer, bool) or (answer is not None and not isinstance(answer, str | int | float)):
        raise ConfigurationError(f"{where}: the answer is neither a text nor a number; {FORM}")
    known = None if answer is None else known_answer(valid_text(str(answer)))
    name = value.get("id")
    return TrainingQuestion(
        id=str(name) if isinstance(name, str | int) else where,
        question=valid_text(question.strip()),
        answer=known,
    )


def known_answer(text: str) -> str | None:
    """Return an answer that a file gives, without marks such as ``<<<…>>>`` around it; None if it is empty."""
    text = text.strip()
    if not any(mark in text for mark in MARKS):
        return text or None
    return None if is_empty_mark(text) else find_marked_answer(text) or text
