"""The data types of the benchmark: an item, the score of an answer, a puzzle with its answer."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, NamedTuple, TypeVar

P = TypeVar("P")
"""A task's puzzle: a frozen dataclass of integers, strings and nested tuples of them."""
A = TypeVar("A")
"""A task's answer: an integer, a string or nested tuples of them."""


class Outcome(StrEnum):
    """The outcome of scoring an answer."""

    CORRECT = "correct"
    WRONG = "wrong"
    UNREADABLE = "unreadable"
    """Something was marked as the answer, but it cannot be parsed."""
    MISSING = "missing"
    """No answer was given."""


@dataclass(frozen=True, slots=True)
class Score:
    """The score of one answer."""

    outcome: Outcome
    parsed: Any
    """The parsed answer; None if it could not be parsed."""
    reason: str
    """Explanation in one line."""


@dataclass(frozen=True, slots=True)
class Item(Generic[P, A]):
    """One question of a task, with everything its verifier needs."""

    id: str
    task: str
    question: str
    answer: A
    """The stored answer: right for every generated item, but not for every official one (see ``flags``)."""
    level: int
    """The level; 0 for an official item without one."""
    data: P
    """The puzzle behind the question."""
    flags: tuple[str, ...] = ()
    """Known defects of an official item; empty for generated ones."""
    verified: bool = True
    """Whether question, rules and stored answer are known to agree; always true for generated items."""


class SolvedPuzzle(NamedTuple, Generic[P, A]):
    """A puzzle together with an answer to it."""

    puzzle: P
    answer: A
