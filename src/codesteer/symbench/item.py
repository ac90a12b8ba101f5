"""The values of the benchmark: an item, a verdict on an answer, and what a task poses."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, NamedTuple, TypeVar

P = TypeVar("P")
"""A task's puzzle: a frozen dataclass of integers, strings and nested tuples of them."""
A = TypeVar("A")
"""A task's answer: an integer, a string or nested tuples of them."""


class Outcome(StrEnum):
    """What became of an answer."""

    CORRECT = "correct"
    WRONG = "wrong"
    UNREADABLE = "unreadable"
    """Something was marked as the answer, but it cannot be parsed."""
    MISSING = "missing"
    """No answer was given."""


@dataclass(frozen=True, slots=True)
class Score:
    """The verdict on one answer."""

    outcome: Outcome
    parsed: Any
    """The answer as it was understood; None when it was not."""
    reason: str
    """One line for a person."""


@dataclass(frozen=True, slots=True)
class Item(Generic[P, A]):
    """One question of a task with everything its verifier needs."""

    id: str
    task: str
    question: str
    answer: A
    """A stored answer: right for every generated item, not for every official one (see ``flags``)."""
    level: int
    """The difficulty; 0 for an official item that has none."""
    data: P
    """The puzzle behind the question."""
    flags: tuple[str, ...] = ()
    """Known defects of an official item; empty for generated ones."""
    verified: bool = True
    """Whether question, rules and stored answer are known to agree; always so for generated items."""


class Posed(NamedTuple, Generic[P, A]):
    """A puzzle together with one answer to it."""

    puzzle: P
    answer: A
