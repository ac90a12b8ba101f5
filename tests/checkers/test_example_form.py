"""An answer that has not the form of the question's example is recognised; a right one is never refused."""

from pathlib import Path

import pytest
from tests.symbench.helpers import samples_folder

from codesteer.checkers.answer_form import fits
from codesteer.checkers.example_form import example_forms, has_example_form
from codesteer.evals.items import round_items
from codesteer.evals.selection import ItemSelection
from codesteer.symbench import load_official, load_task

NUMBER = "How many? Answer like <<<5>>>."
LIST = "Which? Return <<<list of values>>>, like <<<[1, 2, 3]>>>."
WORD = "What is left? Like <<<abcab>>>."
PLAN = "Which moves? Like <<<Move B from 2 to 1\nMove A from 1 to 3>>>."


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (NUMBER, "17"),
        (NUMBER, "-3.5"),
        (NUMBER, "$1,700"),
        (NUMBER, "25\\pi cm"),
        (NUMBER, "3/4"),
        (LIST, "4, 5"),
        (LIST, "[4]"),
        (LIST, "4 5 6"),
        (WORD, "zzz"),
        (PLAN, "Move C from 1 to 2"),
        (PLAN, "[]"),
        ("How many? Like <<<x>>>.", "17"),
        ("Which? Like <<<A,B,C>>>.", "1,2,3"),
        (
            "Which? Like <<<Count: X, Positions: [Y, Z, ...]>>>, <<<Count: 2, Positions: [1, 3]>>>.",
            "Count: 0, Positions: []",
        ),
        ("Which? <<<a string>>>", "17"),
        ("Which city?", "anything"),
        ("Which expression? Like <<<(10-9)*(11+13)>>>.", "3 * 8"),
        ("Which expression? Like <<<(10-9)*(11+13)>>>.", "24 = (1+2)*8"),
        ("How much? Like <<<7/4>>>.", "2"),
        ("How much? Like <<<-5/-3>>>.", "2"),
        ("Which primes? Like <<<2*2*3>>>.", "7"),
        ("Which day? Like <<<2024-11-29>>>.", "5"),
        ("Which ranges? Like <<<[1-2, 3/4]>>>.", "5"),
        ("Which term? Like <<<x + 2*3>>>.", "5"),
    ],
)
def test_what_may_be_meant(question: str, answer: str) -> None:
    assert has_example_form(question, answer)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (NUMBER, "No solution found"),
        (NUMBER, "The total of the string is 30."),
        (NUMBER, "[1, 2]"),
        (NUMBER, "None"),
        (LIST, "[]"),
        (LIST, "No valid assignment found"),
        (WORD, "30"),
        ("Which expression? Like <<<(10-9)*(11+13)>>>.", "2065"),
        ("Which expression? Like <<<1 + 2 * 3>>>.", "-7"),
    ],
)
def test_what_cannot_be_meant(question: str, answer: str) -> None:
    assert not has_example_form(question, answer)
    assert not fits(question, answer)


def test_choices_come_before_examples() -> None:
    question = "Which one? <<<1>>>\n(A) red\n(B) blue"
    assert example_forms(question)
    assert fits(question, "B")


@pytest.mark.parametrize("index", range(5))
def test_right_answers_of_generated_items_fit(index: int) -> None:
    for item in round_items(ItemSelection(source="dev"), index):
        assert has_example_form(item.question, load_task(item.task).format_answer(item.answer)), item.id


@pytest.mark.skipif(samples_folder() is None, reason="no official samples here")
def test_right_answers_of_official_items_fit() -> None:
    for file in sorted((samples_folder() or Path()).glob("*/samples.jsonl")):
        for item in load_official(file.parent.name, file):
            if item.answer is not None:
                assert has_example_form(item.question, load_task(item.task).format_answer(item.answer)), (
                    item.id
                )
