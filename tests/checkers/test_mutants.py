"""Mutants differ from the answer, keep its form, and are the same every time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesteer.checkers.answer_form import same_answer
from codesteer.checkers.mutants import MAX_MUTANTS, mutants_of

LETTERED = "Which one is red?\n(A) the book\n(B) the cup\n(C) the pen"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("42", "43"),
        ("42", "24"),
        ("-42", "42"),
        ("[1, 2, 3]", "[3, 2, 1]"),
        ("[1, 2, 3]", "[1, 2]"),
        ("1,2\n3,4", "3,4\n1,2"),
        ("ABCDA", "ADCBA"),
        ("Move A from 1 to 2\nMove B from 3 to 1", "Move B from 3 to 1\nMove A from 1 to 2"),
    ],
)
def test_each_form_of_answer_has_its_mutants(answer: str, expected: str) -> None:
    assert expected in mutants_of(answer)


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        (LETTERED, "B", ["A", "C"]),
        (LETTERED, "(A) the book", ["B", "C"]),
        ("Does Ka tell the truth?", "Yes", ["No"]),
    ],
)
def test_the_other_choices_are_the_mutants_of_a_choice(
    question: str, answer: str, expected: list[str]
) -> None:
    assert mutants_of(answer, question) == expected


@pytest.mark.parametrize("answer", ["[1, 2, 3]", "1,2\n3,4", "(1 + 2) * 3", "A B C D", '["X", "Y"]'])
def test_brackets_stay_balanced_and_lines_stay_lines(answer: str) -> None:
    for mutant in mutants_of(answer):
        assert mutant.count("\n") <= answer.count("\n")
        assert set(mutant) - set(answer) <= set("0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def test_a_huge_answer_has_no_mutants() -> None:
    assert mutants_of("1, " * 10_000) == []


@given(st.text(max_size=80))
def test_mutants_of_any_text(answer: str) -> None:
    found = mutants_of(answer)
    assert found == mutants_of(answer)
    assert len(found) <= MAX_MUTANTS
    for index, mutant in enumerate(found):
        assert not any(same_answer(mutant, other) for other in (answer, *found[:index]))
