"""Rotations by hand, symbols included."""

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.item import Item
from codesteer.symbench.problems.matrix_transformation import TASK, Grid, Puzzle

PUZZLE = Puzzle((("$", "*", "A"), ("#", "%", "b")))
ITEM: Item[Puzzle, Grid] = Item("x", TASK.slug, "?", (("#", "$"), ("%", "*"), ("b", "A")), 1, PUZZLE)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("#,$,%,*,b,A", True),
        ("# $\n% *\nb A", True),
        ('[["#", "$"], ["%", "*"], ["b", "A"]]', True),
        ("#$%*bA", True),
        ("#,$,%,*,B,A", False),
        ("[[#, $, %], [*, b, A]]", False),
        ("$,#,*,%,A,b", False),
        ("#,$,%,*,b", False),
    ],
)
def test_by_hand(text: str, right: bool) -> None:
    assert TASK.compute_answer(PUZZLE) == ITEM.answer
    for published in (False, True):
        assert (TASK.score(ITEM, f"<<<{text}>>>", published).outcome is Outcome.CORRECT) == right
