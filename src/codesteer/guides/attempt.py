"""One attempt of the task model, as guides see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from codesteer.checkers.answer_report import AnswerReport, Verdict
from codesteer.checkers.code_report import CodeReport
from codesteer.experience.recall import RecalledSkill
from codesteer.guides.decision import Decision, Mode
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus

__all__ = ["Attempt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A decision and what came of it."""

    decision: Decision
    candidate: int = 0
    """Index among the decision's candidates, from 0."""
    reply: str
    """The task model's text."""
    program: str | None = None
    """The program in the reply."""
    answer: str | None = None
    """The proposed answer: from the program's output if there is a program, else from the text."""
    execution: ExecutionResult | None = None
    refusal: str = ""
    """Why a person rejected the program; empty if it was not rejected."""
    code_report: CodeReport | None = None
    answer_report: AnswerReport | None = None
    reports: Mapping[str, AnswerReport] = field(default_factory=dict)
    """Reports of added checkers, by checker name."""
    recalled: RecalledSkill | None = None
    """The remembered program that was run; None for an attempt of the task model."""

    @property
    def is_finished(self) -> bool:
        """Whether its program, if any, ran to its end; what another one printed is at most a part of an answer."""
        return self.execution is None or self.execution.status is ExecutionStatus.OK

    @property
    def combined_verdict(self) -> Verdict:
        """The verdict over all answer reports: one refutation outweighs any confirmation."""
        verdicts = {report.verdict for report in self.answer_reports.values()}
        by_weight = (Verdict.REFUTED, Verdict.CONFIRMED)
        return next((verdict for verdict in by_weight if verdict in verdicts), Verdict.UNCLEAR)

    @property
    def refutation(self) -> str:
        """The reason for the first refutation; empty if no checker refuted the answer."""
        reports = self.answer_reports.values()
        return next((report.reason for report in reports if report.verdict is Verdict.REFUTED), "")

    @property
    def answer_reports(self) -> Mapping[str, AnswerReport]:
        """All reports on the answer, by checker name; ``answer`` is the self-answer checker's."""
        return {**({"answer": self.answer_report} if self.answer_report else {}), **self.reports}

    @property
    def mode(self) -> Mode:
        """How the task model actually answered, whatever mode it was asked for."""
        return Mode.CODE if self.program is not None else Mode.TEXT


def waves(attempts: Sequence[Attempt]) -> list[Sequence[Attempt]]:
    """Group attempts into waves, in order; a wave is the candidates of one decision."""
    starts = [index for index, attempt in enumerate(attempts) if index == 0 or attempt.candidate == 0]
    return [attempts[start:end] for start, end in pairwise([*starts, len(attempts)])]


def lost_candidates(attempts: Sequence[Attempt]) -> bool:
    """Return whether a wave has fewer attempts than its decision asked for, as where a candidate's request failed."""
    return any(len(wave) < wave[0].decision.candidates for wave in waves(attempts))
