"""Judgements by hand."""

import pytest

from codesteer.symbench.problems.mahjong import TASK, Puzzle

HAND = "AACEFHKXYQRSZ"


@pytest.mark.parametrize(
    ("card", "judgement"),
    [
        ("A", 1),  # two A
        ("B", 2),  # A B C, although A is there twice
        ("D", 2),  # C D E
        ("G", 2),  # E F G
        ("Q", 2),  # Q R S with one Q in hand
        ("W", 2),  # W X Y
        ("K", 0),
        ("M", 0),
        ("Z", 2),  # X Y Z
    ],
)
def test_one_round(card: str, judgement: int) -> None:
    assert TASK.compute_answer(Puzzle(HAND, ((card, "K"),), chi=True)) == judgement
    assert TASK.compute_answer(Puzzle(HAND, ((card, "K"),), chi=False)) == (
        judgement if judgement == 1 else 0
    )


def test_removed_and_added_cards_count_for_later_rounds() -> None:
    assert TASK.compute_answer(Puzzle(HAND, (("M", "A"), ("A", "K")), chi=True)) == 0
    assert TASK.compute_answer(Puzzle(HAND, (("M", "K"), ("M", "K")), chi=True)) == 0
    assert TASK.compute_answer(Puzzle(HAND, (("M", "K"), ("M", "H"), ("M", "X")), chi=True)) == 1


def test_both_readings_of_a_card_beyond_z_count() -> None:
    puzzle = Puzzle("ACEGIKMOQSUYZ", (("[", "A"),), chi=True)
    assert [TASK.find_violation(puzzle, answer) is None for answer in (0, 1, 2)] == [True, False, True]
