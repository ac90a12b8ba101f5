"""Exchanges by hand."""

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.item import Item
from codesteer.symbench.problems.synthesis_decomposition import TASK, Puzzle


@pytest.mark.parametrize(
    ("puzzle", "counts"),
    [
        (Puzzle("ABX", (4, 2), (0, 1)), (0, 1, 3)),
        (Puzzle("ABX", (4, 2), (1, 0)), (0, 1, 3)),
        (Puzzle("ABX", (3, 1), (1, 0)), (0, 1, 2)),
        (Puzzle("ABCX", (5, 4, 5), (0, 1, 2)), (1, 0, 1, 5)),
        (Puzzle("ABCXY", (7, 2, 4), (0, 1, 2, 3)), (3, 0, 3, 0, 2)),
    ],
)
def test_by_hand(puzzle: Puzzle, counts: tuple[int, ...]) -> None:
    assert TASK.compute_answer(puzzle) == counts


@pytest.mark.parametrize(
    "text", ["[3, 0, 3, 0, 2]", "30302", "A: 3, B: 0, C: 3, X: 0, Y: 2", "3\n0\n3\n0\n2"]
)
def test_forms(text: str) -> None:
    puzzle = Puzzle("ABCXY", (7, 2, 4), (0, 1, 2, 3))
    item: Item[Puzzle, tuple[int, ...]] = Item("x", TASK.slug, "?", (3, 0, 3, 0, 2), 5, puzzle)
    assert TASK.score(item, f"<<<{text}>>>").outcome is Outcome.CORRECT
    assert TASK.score(item, f"<<<{text}>>>", published=True).outcome is Outcome.CORRECT
