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
        ("B, C, A, D, dummy", Outcome.UNREADABLE, Outcome.CORRECT),
        ("B, C, A, D, D", Outcome.WRONG, Outcome.CORRECT),
        ("B, C, A", Outcome.WRONG, Outcome.WRONG),
        ("B, D, A, C", Outcome.WRONG, Outcome.WRONG),
        ("C, B, D, A", Outcome.WRONG, Outcome.WRONG),
        ("B > C > A > D", Outcome.CORRECT, Outcome.CORRECT),
        ("B -> C → A => D", Outcome.CORRECT, Outcome.CORRECT),
        ("B-C-A-D", Outcome.CORRECT, Outcome.WRONG),
        ("B | C | A | D", Outcome.CORRECT, Outcome.CORRECT),
        ("B, C, A and D", Outcome.CORRECT, Outcome.CORRECT),
        ("B, C, A, and D", Outcome.CORRECT, Outcome.CORRECT),
        ("Book B, Book C, Book A and Book D", Outcome.CORRECT, Outcome.CORRECT),
        ("1. B\n2. C\n3. A\n4. D", Outcome.CORRECT, Outcome.CORRECT),
        ("1: B, 2: C, 3: A, 4: D", Outcome.CORRECT, Outcome.CORRECT),
        ("4: D, 3: A, 2: C, 1: B", Outcome.CORRECT, Outcome.CORRECT),
        ("4: B, 3: C, 2: A, 1: D", Outcome.WRONG, Outcome.WRONG),
        ("{1: 'B', 2: 'C', 3: 'A', 4: 'D'}", Outcome.CORRECT, Outcome.CORRECT),
        ('{"order": ["B", "C", "A", "D"]}', Outcome.CORRECT, Outcome.CORRECT),
        ("Position 1: B\nPosition 2: C\nPosition 3: A\nPosition 4: D", Outcome.CORRECT, Outcome.CORRECT),
        ("- **B**\n- **C**\n- **A**\n- **D**", Outcome.CORRECT, Outcome.CORRECT),
        ("1: B, 2: C, 4: A, 5: D", Outcome.UNREADABLE, Outcome.UNREADABLE),
        ("1: B, 2: C, 3: A, D", Outcome.UNREADABLE, Outcome.UNREADABLE),
        ("D and A and C and B", Outcome.WRONG, Outcome.WRONG),
    ],
)
def test_by_hand(text: str, strict: Outcome, published: Outcome) -> None:
    assert TASK.score(ITEM, f"<<<{text}>>>").outcome is strict
    assert TASK.score(ITEM, f"<<<{text}>>>", published=True).outcome is published


def test_the_broken_clue_is_quoted() -> None:
    assert "Book A does not stand in place 2." in TASK.score(ITEM, "<<<BADC>>>").reason
