"""Steps by hand."""

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.item import Item
from codesteer.symbench.problems.game_2048 import TASK, Grid, Puzzle


@pytest.mark.parametrize(
    ("grid", "moves", "start", "final"),
    [
        (((2, 0), (4, 0)), "r", (0, 0), ((0, 2), (4, 0))),
        (((2, 2), (4, 0)), "r", (0, 0), ((0, 4), (4, 0))),
        (((2, 2), (0, 4)), "rd", (0, 0), ((0, 0), (0, 8))),
        (((2, 4), (0, 4)), "r", (0, 0), ((2, 4), (0, 4))),
        (((2, 4), (0, 4)), "ulu", (0, 0), ((2, 4), (0, 4))),
        (((0, 4), (0, 4)), "rd", (0, 0), ((0, 4), (0, 4))),
    ],
)
def test_by_hand(grid: Grid, moves: str, start: tuple[int, int], final: Grid) -> None:
    assert TASK.compute_answer(Puzzle(grid, moves, start)) == final


@pytest.mark.parametrize(
    "text", ["[[0, 4], [4, 0]]", "0, 4\n4, 0", "0,4,4,0", "0 4\n4 0", "| 0 | 4 |\n| 4 | 0 |"]
)
def test_forms(text: str) -> None:
    item: Item[Puzzle, Grid] = Item(
        "x", TASK.slug, "?", ((0, 4), (4, 0)), 1, Puzzle(((2, 2), (4, 0)), "r", (0, 0))
    )
    assert TASK.score(item, f"<<<{text}>>>").outcome is Outcome.CORRECT
    assert TASK.score(item, f"<<<{text}>>>", published=True).outcome is Outcome.CORRECT


def test_every_walk_changes_the_grid() -> None:
    for level in TASK.levels:
        item = TASK.generate(2, level)
        assert item.answer != item.data.grid
