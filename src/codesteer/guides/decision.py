"""A guide's decision, and what the guide may know when it takes one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Protocol

from langchain_core.messages import BaseMessage

from codesteer.checkers.answer_report import AnswerReport, Verdict
from codesteer.checkers.code_report import CodeReport
from codesteer.models.usage import Usage
from codesteer.sandboxes.execution import ExecutionResult


class Mode(StrEnum):
    """How the task model is to answer."""

    TEXT = "text"
    CODE = "code"


class Action(StrEnum):
    """What a guide can decide."""

    TEXT = "text"
    """Answer by reasoning in text."""
    CODE = "code"
    """Answer by writing a program."""
    IMPROVE = "improve"
    """Better the last attempt, in the same mode."""
    RETURN = "return"
    """The answer stands."""
    TERMINATE = "terminate"
    """Give up: more turns would not help."""

    @property
    def goes_on(self) -> bool:
        """True if the task model is to do something."""
        return self in (Action.TEXT, Action.CODE, Action.IMPROVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the task model is to do next."""

    action: Action
    mode: Mode
    guidance: str = ""
    """What the task model is told; empty where the run ends."""
    start_over: bool = False
    """The task model sees the question anew, without its earlier attempts."""
    candidates: int = 1
    """Independent attempts that are made side by side; each becomes a turn of its own."""
    reason: str
    """Why, for the person who reads the run."""
    guide: str
    """Which guide decided."""
    fallback: str = ""
    """Why the rules decided in another guide's place; empty where they did not."""
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One decision and what came of it, as far as a guide may see it."""

    decision: Decision
    candidate: int = 0
    """Which of the decision's candidates it is, counted from 0."""
    reply: str
    """The task model's text."""
    program: str | None = None
    """The program in the reply."""
    answer: str | None = None
    """The answer proposed: by the program's output where there is a program, else by the text."""
    execution: ExecutionResult | None = None
    refusal: str = ""
    """Why a person did not let the program run; empty where nobody refused."""
    code_report: CodeReport | None = None
    answer_report: AnswerReport | None = None
    reports: Mapping[str, AnswerReport] = field(default_factory=dict)
    """What checkers of the user's own found, by their names."""

    @property
    def verdict(self) -> Verdict:
        """What all checks of the answer come to: one refutation outweighs any confirmation."""
        verdicts = {report.verdict for report in self.checks.values()}
        decisive = (Verdict.REFUTED, Verdict.CONFIRMED)
        return next((verdict for verdict in decisive if verdict in verdicts), Verdict.UNCLEAR)

    @property
    def refutation(self) -> str:
        """Why the answer is refuted; empty if it is not."""
        refuted = (report.reason for report in self.checks.values() if report.verdict is Verdict.REFUTED)
        return next(refuted, "")

    @property
    def checks(self) -> Mapping[str, AnswerReport]:
        """All reports on the answer, by the checkers' names."""
        return {**({"answer": self.answer_report} if self.answer_report else {}), **self.reports}

    @property
    def mode(self) -> Mode:
        """How the task model did answer, whatever it was told."""
        return Mode.CODE if self.program is not None else Mode.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What a guide decides on."""

    question: str
    history: Sequence[BaseMessage] = ()
    """The conversation before the question."""
    attempts: Sequence[Attempt] = ()
    turns_left: int
    candidates: int = 1
    """Independent attempts that a decision may ask for."""
    instructions: str = ""
    """What a guide that is a model is told about its task; empty: the template ``guide/system``."""


def waves(attempts: Sequence[Attempt]) -> list[Sequence[Attempt]]:
    """Group attempts by the decision that asked for them, in order."""
    starts = [index for index, attempt in enumerate(attempts) if index == 0 or attempt.candidate == 0]
    return [attempts[start:end] for start, end in pairwise([*starts, len(attempts)])]


class Guide(Protocol):
    """Decides what the task model does next; never answers the question."""

    name: str

    async def decide(self, situation: Situation) -> Decision:
        """Take the next decision; raises ModelError if the guide's model cannot be asked."""
        ...
