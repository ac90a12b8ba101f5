"""Counts and positions by hand, and what the official validator accepts."""

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.item import Item
from codesteer.symbench.problems.letters import TASK, Occurrences, Puzzle

ITEM: Item[Puzzle, Occurrences] = Item("x", TASK.slug, "?", (3, (2, 4, 6)), 1, Puzzle("banana", "a"))


@pytest.mark.parametrize(
    ("text", "strict", "published"),
    [
        ("Count: 3, Positions: [2, 4, 6]", Outcome.CORRECT, Outcome.CORRECT),
        ("count = 3; positions = 6 4 2", Outcome.CORRECT, Outcome.CORRECT),
        ('{"count": 3, "positions": [2, 4, 6]}', Outcome.CORRECT, Outcome.CORRECT),
        ("3 times, at positions 2, 4, 6", Outcome.CORRECT, Outcome.CORRECT),
        ("Count: 3, Positions: [2, 4, 6, 6]", Outcome.WRONG, Outcome.CORRECT),
        ("Count: 4, Positions: [2, 4, 6]", Outcome.WRONG, Outcome.WRONG),
        ("Count: 3, Positions: [1, 3, 5]", Outcome.WRONG, Outcome.WRONG),
        ("Count: 0, Positions: []", Outcome.WRONG, Outcome.WRONG),
        ("Count: 3, Positions: 2, 4 and 6", Outcome.CORRECT, Outcome.CORRECT),
        ("3, [2, 4, 6]", Outcome.CORRECT, Outcome.CORRECT),
        ("(3, [2, 4, 6])", Outcome.CORRECT, Outcome.CORRECT),
        ("(3, (2, 4, 6))", Outcome.CORRECT, Outcome.CORRECT),
        ("Positions: [2, 4, 6], Count: 3", Outcome.CORRECT, Outcome.CORRECT),
        ('{"positions": [2, 4, 6], "count": 3}', Outcome.CORRECT, Outcome.CORRECT),
        ("Positions: [2, 4, 6], Count: 2", Outcome.WRONG, Outcome.WRONG),
        ("2, [2, 4, 6]", Outcome.WRONG, Outcome.WRONG),
        ("3, 2, 4, 6", Outcome.UNREADABLE, Outcome.UNREADABLE),
        ("3", Outcome.UNREADABLE, Outcome.UNREADABLE),
        ("Positions: [2, 4, 6]", Outcome.UNREADABLE, Outcome.UNREADABLE),
        ("Count: 3, Positions: [two]", Outcome.UNREADABLE, Outcome.UNREADABLE),
    ],
)
def test_by_hand(text: str, strict: Outcome, published: Outcome) -> None:
    assert TASK.score(ITEM, f"<<<{text}>>>").outcome is strict
    assert TASK.score(ITEM, f"<<<{text}>>>", published=True).outcome is published
