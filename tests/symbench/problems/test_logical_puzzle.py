"""Selections by hand, and what the official validator accepts."""

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.item import Item
from codesteer.symbench.problems.logical_puzzle import TASK, Cells, Puzzle

ITEM: Item[Puzzle, Cells] = Item(
    "x", "logical_puzzle", "?", ((0, 1), (0, 0), (1, 0)), 1, Puzzle(((1, 2), (3, 1)), 3, "sum")
)


@pytest.mark.parametrize(
    ("text", "strict", "published"),
    [
        ("0 1, 0 0, 1 0", Outcome.CORRECT, Outcome.CORRECT),
        ("[(1, 0), (0, 1), (0, 0)]", Outcome.CORRECT, Outcome.CORRECT),
        ("0 1, 0 0, 1 1", Outcome.WRONG, Outcome.CORRECT),  # 1 twice
        ("0 0, 1 0, 1 1", Outcome.WRONG, Outcome.CORRECT),  # without the corner
        ("7 7, 8 8, 9 9", Outcome.WRONG, Outcome.CORRECT),  # outside
        ("0 1, 0 1, 0 1", Outcome.WRONG, Outcome.CORRECT),  # one cell three times
        ("0 1, 0 0", Outcome.WRONG, Outcome.WRONG),
        ("0 1, 1 0, 1 1", Outcome.CORRECT, Outcome.CORRECT),
        ("0 1, 0 0, 1", Outcome.UNREADABLE, Outcome.UNREADABLE),
        ("upper left", Outcome.UNREADABLE, Outcome.UNREADABLE),
    ],
)
def test_by_hand(text: str, strict: Outcome, published: Outcome) -> None:
    assert TASK.score(ITEM, f"<<<{text}>>>").outcome is strict
    assert TASK.score(ITEM, f"<<<{text}>>>", published=True).outcome is published


def test_a_product_of_two_negatives_is_positive() -> None:
    puzzle = Puzzle(((-1, 2), (-3, 4)), 2, "product")
    assert TASK.find_violation(puzzle, ((0, 1), (1, 1))) is None
    assert (
        TASK.find_violation(puzzle, ((0, 1), (0, 0)))
        == "the selected numbers of row 0 break the product rule"
    )
