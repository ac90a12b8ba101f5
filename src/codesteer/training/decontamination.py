"""No question that a guide is trained on may be one that it is judged by."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from codesteer.errors import ConfigurationError, TrainingError
from codesteer.symbench.official import placed_records
from codesteer.symbench.seeds import home

WORDS = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Contamination:
    """A training question that must not be one."""

    question: str
    where: str
    """What else asks it: a split, or a file and line."""


def normalized(question: str) -> str:
    """A question without the differences that do not matter: letter case and white space."""
    return " ".join(WORDS.findall(question.casefold()))


def read_questions(paths: Iterable[Path]) -> dict[str, str]:
    """Read the questions of official or evaluation items: JSONL files, or folders of them.

    Returns:
        Where each normalised question stands, as ``file:line``.

    Raises:
        ConfigurationError: a path without such files, or a line without a question.
    """
    found: dict[str, str] = {}
    for path in paths:
        files = sorted(path.rglob("*.jsonl")) if path.is_dir() else [path]
        if not files:
            raise ConfigurationError(f"there is no .jsonl file below {path}")
        for file in files:
            for where, record in placed_records(file):
                question = record.get("question")
                if not isinstance(question, str):
                    raise ConfigurationError(f"{where}: no field 'question'")
                found.setdefault(normalized(question), where)
    return found


def contaminations(questions: Iterable[str], against: dict[str, str]) -> list[Contamination]:
    """Return the questions that an evaluation may ask too.

    SymBench gives each question text to exactly one split, by its hash: a question at home in ``train`` is in no
    generated evaluation, whatever its seed. Questions of ``against`` are compared as texts.

    Args:
        questions: what a guide is to be trained on.
        against: as ``read_questions`` gives it.
    """
    found = []
    for question in questions:
        if (split := home(question)) != "train":
            found.append(Contamination(question, f"the split {split!r}"))
        elif where := against.get(normalized(question)):
            found.append(Contamination(question, where))
    return found


def require_clean(questions: Iterable[str], against: dict[str, str]) -> None:
    """Raise TrainingError if a question must not be trained on."""
    if found := contaminations(questions, against):
        first = f"{found[0].question[:60]!r} is in {found[0].where}"
        raise TrainingError(f"{len(found)} training questions are in evaluation data; the first: {first}")
