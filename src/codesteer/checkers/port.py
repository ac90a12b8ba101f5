"""The checker port: what a checker of a user's own offers, beside the symbolic and the self-answer checker."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from langchain_core.messages import BaseMessage

from codesteer.checkers.answer_report import AnswerReport
from codesteer.sandboxes.execution import ExecutionResult

__all__ = ["Checker", "ProposedAnswer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedAnswer:
    """What a checker looks at."""

    question: str
    history: Sequence[BaseMessage] = ()
    """The conversation before the question."""
    answer: str
    program: str | None = None
    """The program that printed the answer; None for an answer in text."""
    execution: ExecutionResult | None = None
    """What that program gave."""


class Checker(Protocol):
    """Judges proposed answers; its report is evidence for the guide and for the choice of the final answer."""

    name: str
    """A lower-case identifier; the graph's node is called ``check_<name>``."""

    async def check(self, proposed: ProposedAnswer) -> AnswerReport:
        """Judge an answer; an exception ends the run as failed, with the best answer so far."""
        ...
