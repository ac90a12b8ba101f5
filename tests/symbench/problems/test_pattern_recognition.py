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
        ("row 4, column 3", True),
        ("Row: 4, Column: 3", True),
        ("column 3, row 4", True),
        ("row 3, column 4", False),
        ("column 4, row 3", False),
        ("{'row': 4, 'column': 3}", True),
        ('{"column": 3, "row": 4}', True),
        ('{\n  "row": 4,\n  "column": 3\n}', True),
        ("row=4, col=3", True),
        ("r4 c3", True),
        ("Row 4\nColumn 3", True),
        ("**Row 4**, **Column 3**", True),
        ("(np.int64(4), np.int64(3))", True),
        ("[np.int64(3) np.int64(4)]", False),
        ("array([4, 3])", True),
        ("row 4, column 3, row 1", False),
        ("3, 3", False),
        ("3, 4", False),
    ],
)
def test_the_largest_square_counts(text: str, right: bool) -> None:
    item: Item[Puzzle, Position] = Item("x", TASK.slug, "?", (4, 3), 1, PUZZLE)
    assert TASK.compute_answer(PUZZLE) == (4, 3)
    assert (TASK.score(item, f"<<<{text}>>>").outcome is Outcome.CORRECT) == right
