"""Shelves by hand, and what the official validator accepts."""

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.item import Item
from codesteer.symbench.problems.permutations_combinations import TASK, Order, Puzzle

CLUES = (("at", "B", 1), ("not_at", "A", 2), ("left", "C", "A"), ("right", "D", "B"), ("next", "A", "D"))
ITEM: Item[Puzzle, Order] = Item("x", TASK.slug, "?", tuple("BCAD"), 1, Puzzle(4, CLUES))


@pytest.mark.parametrize(
    ("text", "strict", "published"),
    [
        ('["B", "C", "A", "D"]', Outcome.CORRECT, Outcome.CORRECT),
        ("b, c, d, a", Outcome.CORRECT, Outcome.WRONG),
        ("B, C, D, A", Outcome.CORRECT, Outcome.CORRECT),
        ("BCDA", Outcome.CORRECT, Outcome.WRONG),
        ("Book B, Book C, Book A, Book D", Outcome.CORRECT, Outcome.CORRECT),
        ("B, C, A, D, dummy", Outcome.WRONG, Outcome.CORRECT),
        ("B, C, A, D, D", Outcome.WRONG, Outcome.CORRECT),
        ("B, C, A", Outcome.WRONG, Outcome.WRONG),
        ("B, D, A, C", Outcome.WRONG, Outcome.WRONG),
        ("C, B, D, A", Outcome.WRONG, Outcome.WRONG),
    ],
)
def test_by_hand(text: str, strict: Outcome, published: Outcome) -> None:
    assert TASK.score(ITEM, f"<<<{text}>>>").outcome is strict
    assert TASK.score(ITEM, f"<<<{text}>>>", published=True).outcome is published


def test_the_broken_clue_is_quoted() -> None:
    assert "Book A does not stand in place 2." in TASK.score(ITEM, "<<<BADC>>>").reason
