"""Whether to believe a check: it is tested on answers that differ a little before its verdict counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from codesteer.checkers.answer_form import distinct_answers, same_answer
from codesteer.checkers.answer_readings import readings, same_readings
from codesteer.checkers.answer_report import AnswerReport, Verdict, unclear
from codesteer.checkers.check_function import Opinion
from codesteer.checkers.mutants import mutants_of
from codesteer.checkers.question_choices import choices

MAX_ACCEPTED_SHARE = 0.2
"""A check that accepts a larger share of an answer's mutants does not tell the answer from them."""
MAX_ANSWERS = 10
"""Answers of a panel: those of the largest wave and a few before it."""
SHOWN_ANSWER_LENGTH = 60


@dataclass(frozen=True, slots=True)
class AnswerPanel:
    """The answers on which a check is tested: a run's own, and mutants of each."""

    answers: tuple[str, ...]
    """The run's answers, none twice."""
    mutants: Mapping[str, Sequence[str]]
    """By answer."""

    @classmethod
    def of(cls, answers: Sequence[str], question: str) -> Self:
        """Collect answers, leaving out what says the same, and make their mutants.

        A mutant that is another of the answers is no mutant, because both may be right; of a question's choices only
        one can be.
        """
        distinct = distinct_answers(answers)[:MAX_ANSWERS]
        others = [] if choices(question) else list(map(readings, distinct))

        def is_other(mutant: str) -> bool:
            said = readings(mutant)
            return any(same_readings(said, other) for other in others)

        found = {
            answer: [mutant for mutant in mutants_of(answer, question) if not is_other(mutant)]
            for answer in distinct
        }
        return cls(tuple(distinct), found)

    @property
    def all(self) -> tuple[str, ...]:
        """Everything that the check is called with, none twice."""
        return tuple(dict.fromkeys([*self.answers, *(m for each in self.mutants.values() for m in each)]))

    def named(self, answer: str) -> str:
        """Return the panel's answer that says the same as this one; raise KeyError if there is none."""
        for other in self.answers:
            if same_answer(answer, other):
                return other
        raise KeyError(answer)


def judge(answer: str, panel: AnswerPanel, opinions: Mapping[str, Opinion]) -> AnswerReport:
    """Return a check's verdict on an answer of the panel, if the check can be believed.

    A check singles out an answer if it accepts it and rejects its mutants. It confirms an answer that it singles out.
    It refutes one that it rejects while it singles out another answer of the run, or accepts a few of the mutants. A
    check that accepts most mutants, or that rejects everything, has no verdict.
    """
    return replace(
        _verdict(answer, panel, opinions),
        mutants=len(panel.mutants[answer]),
        mutants_accepted=len(_accepted_mutants(answer, panel, opinions)),
    )


def _verdict(answer: str, panel: AnswerPanel, opinions: Mapping[str, Opinion]) -> AnswerReport:
    opinion = opinions[answer]
    if opinion.accepted is None:
        return unclear(f"the check failed: {opinion.reason}")
    if opinion.accepted:
        if _singles_out(answer, panel, opinions):
            return AnswerReport(verdict=Verdict.CONFIRMED, reason="")
        return unclear("the check cannot tell the answer from others that differ from it")
    better = next((other for other in panel.answers if _singles_out(other, panel, opinions)), None)
    if better is None:
        mutants = _accepted_mutants(answer, panel, opinions)
        if not mutants:
            return unclear("the check rejects every answer")
        if not _tells_mutants_apart(answer, panel, opinions):
            return unclear("the check cannot tell the answers that it accepts from others")
        better = mutants[0]
    reason = opinion.reason or f"the check accepts {better[:SHOWN_ANSWER_LENGTH]} instead"
    return AnswerReport(verdict=Verdict.REFUTED, reason=reason)


def _singles_out(answer: str, panel: AnswerPanel, opinions: Mapping[str, Opinion]) -> bool:
    """Return whether the check accepts an answer and rejects its mutants; without mutants nothing is tested."""
    accepted = opinions[answer].accepted
    return bool(accepted and panel.mutants[answer]) and _tells_mutants_apart(answer, panel, opinions)


def _tells_mutants_apart(answer: str, panel: AnswerPanel, opinions: Mapping[str, Opinion]) -> bool:
    accepted = _accepted_mutants(answer, panel, opinions)
    return len(accepted) <= MAX_ACCEPTED_SHARE * len(panel.mutants[answer])


def _accepted_mutants(answer: str, panel: AnswerPanel, opinions: Mapping[str, Opinion]) -> list[str]:
    return [mutant for mutant in panel.mutants[answer] if opinions[mutant].accepted]
