"""Which of the turns under way a checker still has to look at; pure functions of state and settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from codesteer.checkers.answer_form import same_answer
from codesteer.checkers.answer_report import Verdict
from codesteer.graph.state import State, Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """Which checkers a run uses."""

    code: bool
    """The symbolic checker."""
    answer: bool
    """The self-answer checker."""
    added: tuple[str, ...] = ()
    """The names of the checkers that the user added."""
    patience: int
    """Checks in a row without a verdict after which the self-answer checker is not asked again."""


def programs_to_run(state: State) -> list[Turn]:
    """Return the turns whose program has neither run nor been refused."""
    return [
        turn
        for turn in state.get("current", [])
        if turn.program is not None and turn.execution is None and not turn.refusal
    ]


def programs_to_check(state: State) -> list[Turn]:
    """Return the turns with a program that has no report yet."""
    return [
        turn for turn in state.get("current", []) if turn.program is not None and turn.code_report is None
    ]


def answers_to_check(state: State) -> list[Turn]:
    """Return the turns with an answer that has no report yet; none where two programs of the wave agree on one."""
    turns = [turn for turn in state.get("current", []) if turn.answer is not None]
    computed = [turn.answer or "" for turn in turns if turn.program is not None]
    if any(same_answer(one, other) for one, other in combinations(computed, 2)):
        return []
    return [turn for turn in turns if turn.answer_report is None]


def answers_without_report(state: State, checker: str) -> list[Turn]:
    """Return the turns with an answer that an added checker has not judged yet."""
    turns = state.get("current", [])
    return [turn for turn in turns if turn.answer is not None and checker not in turn.reports]


def due_checks(state: State, checks: Checks, own_label: str) -> list[str]:
    """Return the labels of the edges to the checkers that have an answer to judge.

    Args:
        state: the run.
        checks: which checkers it uses.
        own_label: the label of the edge to the self-answer checker.
    """
    own = [own_label] if answer_check_is_due(state, checks) else []
    return [*own, *(check_label(name) for name in checks.added if answers_without_report(state, name))]


def check_label(checker: str) -> str:
    """Return the label of the edge to an added checker."""
    return f"check {checker}"


def answer_check_is_due(state: State, checks: Checks) -> bool:
    """True if there is an answer to check, and a checker that can."""
    if not checks.answer or gives_no_verdicts(state.get("turns", []), checks.patience):
        return False
    return bool(answers_to_check(state))


def gives_no_verdicts(turns: Sequence[Turn], patience: int) -> bool:
    """True if the run's last checks, as many as ``patience`` says, came to no verdict."""
    reports = [turn.answer_report for turn in turns if turn.answer_report is not None]
    last = reports[-patience:]
    return len(last) == patience and all(report.verdict is Verdict.UNCLEAR for report in last)
