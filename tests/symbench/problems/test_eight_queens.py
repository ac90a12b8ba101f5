"""Placements by hand, and what the official validator accepts."""

from random import Random

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.item import Item
from codesteer.symbench.problems.eight_queens import TASK, Cells, Puzzle
from codesteer.symbench.solvers.queens import complete_board

QUEENS: Cells = ((0, 1), (1, 3), (2, 0), (3, 2))
ITEM: Item[Puzzle, Cells] = Item("x", TASK.slug, "?", QUEENS, 1, Puzzle(4, ((0, 1),), ((3, 3),)))


@pytest.mark.parametrize(
    ("text", "strict", "published"),
    [
        ("0 1, 1 3, 2 0, 3 2", Outcome.CORRECT, Outcome.CORRECT),
        ("[[3, 2], [2, 0], [1, 3], [0, 1]]", Outcome.CORRECT, Outcome.CORRECT),
        ("(0,1) (1,3) (2,0) (3,2)", Outcome.CORRECT, Outcome.CORRECT),
        ("0 2, 1 0, 2 3, 3 1", Outcome.WRONG, Outcome.CORRECT),  # without the given queen
        ("0 1, 1 3, 2 0, 30 20", Outcome.WRONG, Outcome.CORRECT),  # off the board
        ("0 1, 1 3, 2 0, 3 3", Outcome.WRONG, Outcome.WRONG),  # forbidden
        ("0 1, 1 3, 2 0", Outcome.WRONG, Outcome.WRONG),
        ("0 1, 1 3, 2 0, 2 0", Outcome.WRONG, Outcome.WRONG),
        ("0 1, 1 2, 2 0, 3 2", Outcome.WRONG, Outcome.WRONG),
        ("0 1, 1 3, 2 0, 3", Outcome.UNREADABLE, Outcome.UNREADABLE),
        ("1. (0, 1)\n3. (1, 3)\n2. (2, 0)\n4. (3, 2)", Outcome.WRONG, Outcome.WRONG),
        ("- 1\n- 3\n- 0\n- 2", Outcome.WRONG, Outcome.WRONG),
    ],
)
def test_by_hand(text: str, strict: Outcome, published: Outcome) -> None:
    assert TASK.score(ITEM, f"<<<{text}>>>").outcome is strict
    assert TASK.score(ITEM, f"<<<{text}>>>", published=True).outcome is published


def test_three_queens_have_no_solution() -> None:
    assert complete_board(3, (), (), Random(0)) is None


@pytest.mark.parametrize(
    "text",
    [
        "row 0 column 1, row 1 column 3, row 2 column 0, row 3 column 2",
        "column 1 row 0, column 3 row 1, column 0 row 2, column 2 row 3",
        "(row 0, column 1), (row 1, column 3), (row 2, column 0), (row 3, column 2)",
        "- (0, 1)\n- (1, 3)\n- (2, 0)\n- (3, 2)",
        "* 0 1\n* 1 3\n* 2 0\n* 3 2",
        "1. (0, 1)\n2. (1, 3)\n3. (2, 0)\n4. (3, 2)",
        "1) Row 0, column 1\n2) Row 1, column 3\n3) Row 2, column 0\n4) Row 3, column 2",
        "Queens: (0, 1), (1, 3), (2, 0), (3, 2)",
        "Queens:\n- **(0, 1)**\n- **(1, 3)**\n- (2, 0)\n- (3, 2)",
        "[{'row': 0, 'col': 1}, {'row': 1, 'col': 3}, {'row': 2, 'col': 0}, {'row': 3, 'col': 2}]",
        '{"queens": [[0, 1], [1, 3], [2, 0], [3, 2]]}',
        "(0, 1) -> (1, 3) -> (2, 0) -> (3, 2)",
        "1. 0 1\n2. 1 3\n3. 2 0\n4. 3 2",
    ],
)
def test_labelled_bulleted_and_numbered_positions(text: str) -> None:
    for published in (False, True):
        assert TASK.score(ITEM, f"<<<{text}>>>", published=published).outcome is Outcome.CORRECT
