"""The best supported answer is selected by the documented order of preference."""

from dataclasses import replace
from typing import Any

import pytest

from codesteer.checkers.answer_report import AnswerReport, Verdict
from codesteer.checkers.code_report import CodeReport
from codesteer.experience.recall import RecalledSkill
from codesteer.graph.selection import best_turn, returned_turn
from codesteer.graph.state import Turn
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus

BY_RULES = Decision(action=Action.CODE, mode=Mode.CODE, reason="r", guide="rules")
FRESH_START = replace(BY_RULES, start_over=True)
QUESTION = "Which number is it?"


def turn(number: int, answer: str | None, verdict: Verdict | None = None, **fields: Any) -> Turn:
    report = AnswerReport(verdict=verdict, reason="") if verdict else None
    values: dict[str, Any] = {"program": "print(1)", "decision": BY_RULES} | fields
    return Turn(number=number, reply="", answer=answer, answer_report=report, **values)


LITERAL = CodeReport(answer_origin="literal", complexity=0.0)


@pytest.mark.parametrize(
    ("turns", "chosen"),
    [
        ([turn(1, "a", Verdict.CONFIRMED), turn(2, "b")], "a"),
        ([turn(1, "a", Verdict.CONFIRMED, code_report=LITERAL), turn(2, "b"), turn(3, "b")], "a"),
        ([turn(1, "a"), turn(2, "b", Verdict.REFUTED), turn(3, "b", Verdict.REFUTED)], "a"),
        ([turn(1, "a"), turn(2, "b", code_report=LITERAL)], "a"),
        ([turn(1, "a 1"), turn(2, "b"), turn(3, " a  1 "), turn(4, "c")], " a  1 "),
        ([turn(1, "a"), turn(2, "b", program=None)], "a"),
        ([turn(1, "a"), turn(2, "b")], "b"),
        ([turn(1, "a"), turn(2, "b", decision=FRESH_START), turn(3, "c")], "a"),
        ([turn(1, "a"), turn(2, "b"), turn(3, "c", decision=FRESH_START)], "b"),
        ([turn(1, "a"), turn(2, "b"), turn(3, "c"), turn(4, "b"), turn(5, "c"), turn(6, "c")], "c"),
        ([turn(1, "a"), turn(2, None)], "a"),
        ([turn(1, "a", Verdict.REFUTED), turn(2, None)], "a"),
    ],
)
def test_the_order_of_preference(turns: list[Turn], chosen: str) -> None:
    best = best_turn(turns, QUESTION)
    assert best is not None
    assert best.answer == chosen


def test_without_an_answer_there_is_no_best_turn() -> None:
    assert best_turn([], QUESTION) is None
    assert best_turn([turn(1, None)], QUESTION) is None


def test_an_option_of_the_question_is_preferred() -> None:
    turns = [turn(1, "True", Verdict.CONFIRMED), turn(2, "Yes", program=None)]
    best = best_turn(turns, "Ann lies. Bob says Ann lies. Does Bob tell the truth?")
    assert best is not None
    assert best.answer == "Yes"


def test_words_are_preferred_where_the_question_lists_its_choices() -> None:
    turns = [turn(1, "Yes"), turn(2, "No", program=None)]
    best = best_turn(turns, "Ann lies. Bob says Ann lies. Does Bob tell the truth?")
    assert best is not None
    assert best.answer == "No"


def test_an_answer_in_the_form_of_the_example_is_preferred() -> None:
    turns = [
        turn(1, "No solution", Verdict.CONFIRMED),
        turn(2, "No solution"),
        turn(3, "17", Verdict.REFUTED),
    ]
    best = best_turn(turns, "How many are there? Answer like <<<5>>>.")
    assert best is not None
    assert best.answer == "17"


FAILED = ExecutionResult(status=ExecutionStatus.TIMEOUT)


def test_an_answer_of_an_unfinished_program_comes_last_and_supports_none() -> None:
    turns = [turn(1, "12", execution=FAILED), turn(2, "12", execution=FAILED), turn(3, "135")]
    best = best_turn(turns, QUESTION)
    assert best is not None
    assert best.answer == "135"


def test_a_partial_answer_is_better_than_none() -> None:
    best = best_turn([turn(1, "12", execution=FAILED), turn(2, None)], QUESTION)
    assert best is not None
    assert best.answer == "12"


RETURN = Decision(action=Action.RETURN, mode=Mode.CODE, reason="r", guide="g")
RECALLED = RecalledSkill(key="k", program="print(1)", trusted=True, questions=5, reliability=0.9)


@pytest.mark.parametrize(
    ("attempt", "answer"), [(None, None), (1, "a"), (2, "b"), (3, None), (4, None), (99, None)]
)
def test_a_guide_names_the_attempt_that_it_returns(attempt: int | None, answer: str | None) -> None:
    turns = [turn(1, "r", recalled=RECALLED), turn(2, "a"), turn(3, "b"), turn(4, None)]
    named = returned_turn(turns, replace(RETURN, attempt=attempt))
    assert (named.answer if named else None) == answer


def test_only_a_decision_to_return_names_an_attempt() -> None:
    assert returned_turn([turn(1, "a")], replace(BY_RULES, attempt=1)) is None
    assert returned_turn([turn(1, "a")], None) is None
