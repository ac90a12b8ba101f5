"""A check counts only if it tells an answer from others that differ from it."""

from collections.abc import Callable

import pytest

from codesteer.checkers.answer_report import Verdict
from codesteer.checkers.check_function import Opinion
from codesteer.checkers.check_verdict import AnswerPanel, judge

QUESTION = "How many apples are left in the basket, and how many pears?"


def verdict(
    check: Callable[[str], bool | None], answer: str, *others: str, question: str = QUESTION
) -> Verdict:
    panel = AnswerPanel.of([answer, *others], question)
    opinions = {each: Opinion(check(each)) for each in panel.all}
    return judge(answer, panel, opinions).verdict


CONFIRMED, REFUTED, UNCLEAR = Verdict.CONFIRMED, Verdict.REFUTED, Verdict.UNCLEAR


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        (lambda answer: answer == "42", CONFIRMED),
        (lambda _: True, UNCLEAR),
        (lambda _: False, UNCLEAR),
        (lambda _: None, UNCLEAR),
        (lambda answer: int(answer) > 0, UNCLEAR),
        (lambda answer: None if answer == "42" else False, UNCLEAR),
        (lambda answer: answer == "43", REFUTED),
        (lambda answer: answer != "42", UNCLEAR),
    ],
)
def test_the_verdict_on_an_only_answer(check: Callable[[str], bool | None], expected: Verdict) -> None:
    assert verdict(check, "42") is expected


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        (lambda answer: answer == "7", REFUTED),
        (lambda answer: answer == "42", CONFIRMED),
        (lambda answer: answer in ("42", "7"), CONFIRMED),
        (lambda answer: answer == "99999", UNCLEAR),
        (lambda answer: int(answer) < 42, UNCLEAR),
        (lambda answer: None if answer == "42" else answer == "7", UNCLEAR),
    ],
)
def test_the_verdict_beside_another_answer_of_the_run(
    check: Callable[[str], bool | None], expected: Verdict
) -> None:
    assert verdict(check, "42", "7") is expected


def test_several_right_answers_are_not_taken_for_a_blind_check() -> None:
    """Of two orders of three items, a mutant is the other one; the check accepts both and rejects the rest."""

    def check(answer: str) -> bool:
        return answer.replace(" ", "").strip("[]").split(",") in (["1", "2", "3"], ["3", "2", "1"])

    assert verdict(check, "[1, 2, 3]") is CONFIRMED
    assert verdict(check, "[1, 2, 3]", "[3, 2, 1]") is CONFIRMED
    assert verdict(check, "[2, 1, 3]", "[1, 2, 3]", "[3, 2, 1]") is REFUTED


def test_the_other_choice_tests_a_check_of_a_choice() -> None:
    question = "Does Ka tell the truth?"
    assert verdict(lambda answer: answer == "Yes", "Yes", question=question) is CONFIRMED
    assert verdict(lambda answer: answer == "Yes", "No", "Yes", question=question) is REFUTED
    assert verdict(lambda _: True, "Yes", question=question) is UNCLEAR


def test_answers_that_say_the_same_are_one_answer() -> None:
    panel = AnswerPanel.of(["42", "42.0", " 42 ", "7"], QUESTION)
    assert panel.answers == ("42", "7")
    assert panel.named("42.00") == "42"


def test_an_answer_of_the_run_is_no_mutant_of_another() -> None:
    panel = AnswerPanel.of(["42", "43"], QUESTION)
    assert "43" not in panel.mutants["42"]
    assert "42" not in panel.mutants["43"]


def test_a_report_says_how_the_check_was_tested() -> None:
    panel = AnswerPanel.of(["42"], QUESTION)
    opinions = {each: Opinion(each == "42", "the count is wrong") for each in panel.all}
    report = judge("42", panel, opinions)
    assert (report.mutants, report.mutants_accepted) == (len(panel.all) - 1, 0)


def test_the_reason_of_a_refutation_is_what_the_check_says() -> None:
    panel = AnswerPanel.of(["42", "7"], QUESTION)
    said = {each: Opinion(each == "7", "the count is wrong") for each in panel.all}
    assert judge("42", panel, said).reason == "the count is wrong"
    silent = {each: Opinion(each == "7") for each in panel.all}
    assert judge("42", panel, silent).reason == "the check accepts 7 instead"
