"""Squares by hand."""

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.item import Item
from codesteer.symbench.problems.pattern_recognition import TASK, Position, Puzzle

PUZZLE = Puzzle(("ABCDEF", "QQQQXY", "QQQQYX", "QQQQAA", "QQQQAA", "FEDCBA"))


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("4, 3", True),
        ("[4,3]", True),
        ("(4, 3)", True),
        ("row 4, column 3", False),
        ("3, 3", False),
        ("3, 4", False),
    ],
)
def test_the_largest_square_counts(text: str, right: bool) -> None:
    item: Item[Puzzle, Position] = Item("x", TASK.slug, "?", (4, 3), 1, PUZZLE)
    assert TASK.compute_answer(PUZZLE) == (4, 3)
    assert (TASK.score(item, f"<<<{text}>>>").outcome is Outcome.CORRECT) == right
