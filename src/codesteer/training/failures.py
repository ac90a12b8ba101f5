"""Questions that fail: the next command asks them again, and leaves out one that fails again while others succeed."""

from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from codesteer.errors import (
    CodeSteerError,
    ConfigurationError,
    ModelError,
    ModelFileError,
    ModelRefusedError,
    ModelUnavailableError,
    first_error,
    first_line,
)
from codesteer.models.characters import valid_text
from codesteer.models.provider_errors import status_of
from codesteer.symbench import Item
from codesteer.training.journal import Journal

FAILED_FILE = "failed.jsonl"
MAX_FAILURES = 2
"""Failures of a question after which it is left out."""
ABOUT_THE_REQUEST = frozenset({None, 400, 413, 422})
"""Statuses of refusals for what was asked. Others are about a key or a quota; local models refuse without any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedQuestion:
    """One failure of a question."""

    id: str
    task: str
    error: str


class FailedQuestions:
    """The failures in a folder of trajectories that may be the questions' own.

    Who removes the file has all questions asked again.
    """

    def __init__(self, folder: Path) -> None:
        """Read them; raises ConfigurationError for an invalid line."""
        self._journal = Journal(folder / FAILED_FILE)
        self._journal.repair()
        self._found = [_parse(line.text, line.location) for line in self._journal.lines()]

    def add(self, item: Item[Any, Any], error: Exception) -> None:
        """Record a failure."""
        failure = FailedQuestion(id=item.id, task=item.task, error=valid_text(first_line(error)))
        self._journal.append(_adapter().dump_json(failure).decode())
        self._found.append(failure)

    @property
    def left_out(self) -> dict[str, str]:
        """The ids of the questions that are not asked again, with their tasks."""
        times = Counter(failure.id for failure in self._found)
        return {failure.id: failure.task for failure in self._found if times[failure.id] >= MAX_FAILURES}


def may_be_the_questions(error: CodeSteerError) -> bool:
    """Return whether a failure may be due to the question, and not to an outage, a key, a quota or a sandbox."""
    if not isinstance(error, ModelError) or isinstance(error, ModelUnavailableError | ModelFileError):
        return False
    return not isinstance(error, ModelRefusedError) or status_of(error) in ABOUT_THE_REQUEST


def _parse(line: bytes, location: str) -> FailedQuestion:
    try:
        return _adapter().validate_json(line)
    except ValidationError as error:
        raise ConfigurationError(f"{location}: not a failure of a question: {first_error(error)}") from error


@cache
def _adapter() -> TypeAdapter[FailedQuestion]:
    return TypeAdapter(FailedQuestion)
