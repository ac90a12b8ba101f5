"""Pooling by hand, and the whole numbers of the official validator."""

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.item import Item
from codesteer.symbench.problems.pooling import TASK, Numerals, Puzzle

GRID = ((1, 2, 3), (4, 5, 6), (7, 8, 10))


@pytest.mark.parametrize(
    ("kind", "stride", "result"),
    [
        ("max", 1, (("5", "6"), ("8", "10"))),
        ("average", 1, (("3", "4"), ("6", "29/4"))),
        ("average", 2, (("3",),)),
    ],
)
def test_windows(kind: str, stride: int, result: Numerals) -> None:
    assert TASK.compute_answer(Puzzle(GRID, 2, kind, stride)) == result


@pytest.mark.parametrize(
    ("text", "strict"),
    [
        ("3, 4, 6, 7.25", True),
        ("[[3, 4], [6, 29/4]]", True),
        ("3 4\n6 7.25", True),
        (r"3.0, 4.0, 6.0, \frac{29}{4}", True),
        ("3, 4, 6, 7.2509", True),
        ("3, 4, 6, 7.3", False),
        ("3, 4, 6", False),
        ("[[3, 4, 6, 7.25], [1]]", False),
        ("3, 4, 6, 7", False),
        ("3, 4, 6, 72509/10000", False),
    ],
)
def test_average(text: str, strict: bool) -> None:
    puzzle = Puzzle(GRID, 2, "average")
    item: Item[Puzzle, Numerals] = Item("x", TASK.slug, "?", TASK.compute_answer(puzzle), 3, puzzle)
    assert (TASK.score(item, f"<<<{text}>>>").outcome is Outcome.CORRECT) == strict
    assert TASK.score(item, f"<<<{text}>>>", published=True).outcome is Outcome.WRONG


def test_maximum_is_exact() -> None:
    puzzle = Puzzle(GRID, 2, "max")
    item: Item[Puzzle, Numerals] = Item("x", TASK.slug, "?", TASK.compute_answer(puzzle), 3, puzzle)
    assert TASK.score(item, "<<<5, 6, 8, 10>>>", published=True).outcome is Outcome.CORRECT
    assert TASK.score(item, "<<<5, 6, 8, 10.0001>>>").outcome is Outcome.WRONG
