"""Squares by hand: any completion is right, the official validator accepts only one."""

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.item import Item
from codesteer.symbench.problems.letter_logic_diagram import TASK, Grid, Puzzle
from codesteer.symbench.solvers.latin_squares import completions

EMPTY: Grid = (("", "", ""),) * 3
STORED: Grid = (("a", "b", "c"), ("b", "c", "a"), ("c", "a", "b"))


@pytest.mark.parametrize(
    ("text", "strict", "published"),
    [
        ("a,b,c\nb,c,a\nc,a,b", True, True),
        ("ABC\nBCA\nCAB", True, True),
        ("[[a, b, c], [b, c, a], [c, a, b]]", True, True),
        ("b,a,c\na,c,b\nc,b,a", True, False),
        ("a,b,c\nc,a,b\nb,c,a", False, False),  # a Latin square with another diagonal
        ("a,b,c\nb,c,a", False, False),
        ("a,b,d\nb,d,a\nd,a,b", False, False),
    ],
)
def test_by_hand(text: str, strict: bool, published: bool) -> None:
    item: Item[Puzzle, Grid] = Item("x", TASK.slug, "?", STORED, 1, Puzzle(EMPTY))
    assert (TASK.score(item, f"<<<\n{text}\n>>>").outcome is Outcome.CORRECT) == strict
    assert (TASK.score(item, f"<<<\n{text}\n>>>", published=True).outcome is Outcome.CORRECT) == published


def test_all_completions_are_found() -> None:
    assert len(set(completions(EMPTY))) == 6
    assert list(completions((("a", "", ""), ("", "a", ""), ("", "", "")))) == []
