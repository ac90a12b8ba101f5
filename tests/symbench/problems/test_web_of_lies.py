"""Chains by hand, and the words of an answer."""

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.item import Item
from codesteer.symbench.problems.web_of_lies import TASK, Puzzle

ITEM: Item[Puzzle, str] = Item(
    "x", TASK.slug, "?", "No", 1, Puzzle(("Ada", "Bo", "Cy"), (False, False, True), (1, 0, 2))
)


@pytest.mark.parametrize(
    ("truthful", "answer"),
    [
        ((True,), "Yes"),
        ((False,), "No"),
        ((False, False), "Yes"),
        ((True, False), "No"),
        ((False, True), "No"),
    ],
)
def test_chains(truthful: tuple[bool, ...], answer: str) -> None:
    names = ("Ada", "Bo", "Cy")[: len(truthful)]
    assert (
        TASK.compute_answer(Puzzle(names, truthful, tuple(range(len(names))))) == "Yes"
        if answer == "Yes"
        else "No"
    )


def test_a_liar_who_calls_a_truthful_person_a_liar_lies() -> None:
    assert TASK.compute_answer(Puzzle(("Ada", "Bo"), (True, False), (0, 1))) == "No"


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("No", Outcome.WRONG),
        ("yes", Outcome.CORRECT),
        ("**Yes**", Outcome.CORRECT),
        ("Yes, Cy tells the truth.", Outcome.CORRECT),
        ("yes or no", Outcome.UNREADABLE),
        ("Cy", Outcome.UNREADABLE),
    ],
)
def test_answers(text: str, outcome: Outcome) -> None:
    assert TASK.score(ITEM, f"<<<{text}>>>").outcome is outcome


def test_statements_stand_in_the_given_order() -> None:
    facts = TASK.format_question(ITEM.data).split("\n\n")[1]
    assert facts == "Bo says that Ada lies. Ada lies. Cy says that Bo tells the truth."
