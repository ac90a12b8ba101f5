"""A network by hand."""

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.item import Item
from codesteer.symbench.problems.light_puzzles import TASK, Grid, Puzzle

PUZZLE = Puzzle(((1, 0), (0, 0)), (((1, 1), (1, 2)), ((2, 2), (1, 2))), "ABA")
ITEM: Item[Puzzle, Grid] = Item("x", TASK.slug, "?", ((1, 1), (0, 1)), 1, PUZZLE)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("1,1,0,1", True),
        ("11\n01", True),
        ("[[1, 1], [0, 1]]", True),
        ("1101", True),
        ("1,1,0,0", False),
        ("1,1,0", False),
        ("1,1,0,1,0", False),
        ("1,1,0,2", False),
        ("[[1], [1], [0], [1]]", False),
    ],
)
def test_by_hand(text: str, right: bool) -> None:
    assert TASK.compute_answer(PUZZLE) == ITEM.answer
    for published in (False, True):
        assert (TASK.score(ITEM, f"<<<{text}>>>", published).outcome is Outcome.CORRECT) == right
