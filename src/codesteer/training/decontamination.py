"""Keep evaluation questions out of the training data."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from codesteer.errors import ConfigurationError, TrainingError
from codesteer.symbench.official import located_records
from codesteer.symbench.seeds import split_of

WORDS = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Contamination:
    """A training question that is also an evaluation question."""

    question: str
    location: str
    """Where else it is asked: a split, or a file and line."""


def normalized(question: str) -> str:
    """Return a question without differences in case and white space."""
    return " ".join(WORDS.findall(question.casefold()))


def read_questions(paths: Iterable[Path]) -> dict[str, str]:
    """Read the questions of official or evaluation items from JSONL files or folders.

    Returns:
        The location of each normalised question, as ``file:line``.

    Raises:
        ConfigurationError: a path without JSONL files, or a line without a question.
    """
    found: dict[str, str] = {}
    for path in paths:
        files = sorted(path.rglob("*.jsonl")) if path.is_dir() else [path]
        if not files:
            raise ConfigurationError(f"no .jsonl file in {path}")
        for file in files:
            for location, record in located_records(file):
                question = record.get("question")
                if not isinstance(question, str) or not question.strip():
                    raise ConfigurationError(f"{location}: missing field 'question'")
                found.setdefault(normalized(question), location)
    return found


def contaminations(questions: Iterable[str], against: dict[str, str]) -> list[Contamination]:
    """Return the questions that an evaluation may ask too.

    SymBench assigns each question text to exactly one split, by its hash: a question of ``train`` is in no
    generated evaluation, whatever the seed. Questions in ``against`` are compared as texts.

    Args:
        questions: the training questions.
        against: the result of ``read_questions``.
    """
    found = []
    for question in questions:
        if (split := split_of(question)) != "train":
            found.append(Contamination(question, f"the split {split!r}"))
        elif location := against.get(normalized(question)):
            found.append(Contamination(question, location))
    return found


def require_clean(questions: Iterable[str], against: dict[str, str]) -> None:
    """Raise TrainingError if a question is in evaluation data."""
    if found := contaminations(questions, against):
        first = f"{found[0].question[:60]!r} is in {found[0].location}"
        raise TrainingError(f"{len(found)} training questions are in evaluation data; first: {first}")
