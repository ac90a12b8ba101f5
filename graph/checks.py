"""Which of the current turns still have to run or be checked; pure functions of state and settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from codesteer.checkers.answer_form import same_answer
from codesteer.checkers.answer_report import Verdict
from codesteer.graph.state import State, Turn
from codesteer.guides.attempt import waves

MAX_UNCLEAR_CHECKS = 3
"""Unclear checks in a row after which the checker's model is considered unable to write them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnabledCheckers:
    """The checkers that a run uses."""

    code: bool
    """The symbolic checker."""
    answer: bool
    """The self-answer checker."""
    added: tuple[str, ...] = ()
    """Names of the checkers that the user added."""


def programs_to_run(state: State) -> list[Turn]:
    """Return the turns whose program has neither run nor been rejected."""
    return [
        turn
        for turn in state.get("current", [])
        if turn.program is not None and turn.execution is None and not turn.refusal
    ]


def programs_to_check(state: State) -> list[Turn]:
    """Return the turns with a program but without a report on it."""
    return [
        turn for turn in state.get("current", []) if turn.program is not None and turn.code_report is None
    ]


def answers_to_check(state: State) -> list[Turn]:
    """Return the turns with an answer but without a report on it.

    There are none if a program of the wave comes to the same answer as another candidate, nor for a remembered program,
    which is to cost nothing.
    """
    turns = [turn for turn in _answered(state) if turn.recalled is None]
    pairs = ((one, other) for one, other in combinations(turns, 2) if one.program or other.program)
    if any(same_answer(one.answer or "", other.answer or "") for one, other in pairs):
        return []
    return [turn for turn in turns if turn.answer_report is None]


def answers_without_report(state: State, checker: str) -> list[Turn]:
    """Return the turns with an answer that an added checker has not judged yet."""
    return [turn for turn in _answered(state) if checker not in turn.reports]


def _answered(state: State) -> list[Turn]:
    """Return the current turns that propose an answer; what an unfinished program printed is not proposed."""
    return [turn for turn in state.get("current", []) if turn.answer is not None and turn.is_finished]


def due_check_labels(state: State, checkers: EnabledCheckers, answer_check_label: str) -> list[str]:
    """Return the labels of the edges to all checkers that have an answer to judge.

    Args:
        state: the run's state.
        checkers: the checkers that the run uses.
        answer_check_label: the label of the edge to the self-answer checker.
    """
    labels = [answer_check_label] if answer_check_is_due(state, checkers) else []
    added = (checker_label(name) for name in checkers.added if answers_without_report(state, name))
    return [*labels, *added]


def checker_label(checker: str) -> str:
    """Return the label of the edge to an added checker."""
    return f"check {checker}"


def answer_check_is_due(state: State, checkers: EnabledCheckers) -> bool:
    """Return whether the self-answer checker has an answer to test and is still worth running."""
    if not checkers.answer or gives_no_verdicts(state.get("turns", [])):
        return False
    return bool(answers_to_check(state))


def gives_no_verdicts(turns: Sequence[Turn]) -> bool:
    """Return whether the last ``MAX_UNCLEAR_CHECKS`` checks were unclear for all answers of their waves."""
    reports = [
        [turn.answer_report for turn in wave if turn.answer_report is not None] for wave in waves(turns)
    ]
    last = list(filter(None, reports))[-MAX_UNCLEAR_CHECKS:]
    unclear = all(report.verdict is Verdict.UNCLEAR for wave in last for report in wave)
    return len(last) == MAX_UNCLEAR_CHECKS and unclear
