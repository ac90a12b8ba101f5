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
    ],
)
def test_by_hand(text: str, strict: Outcome, published: Outcome) -> None:
    assert TASK.score(ITEM, f"<<<{text}>>>").outcome is strict
    assert TASK.score(ITEM, f"<<<{text}>>>", published=True).outcome is published


def test_three_queens_have_no_solution() -> None:
    assert complete_board(3, (), (), Random(0)) is None
