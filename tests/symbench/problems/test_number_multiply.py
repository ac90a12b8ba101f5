"""Products by hand, and the substring test of the official validator."""

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.item import Item
from codesteer.symbench.problems.number_multiply import TASK, Puzzle


@pytest.mark.parametrize(
    ("reply", "strict", "published"),
    [
        ("<<<1234>>>", True, True),
        ("<<<1,234>>>", True, True),
        ("<<<-1234>>>", False, True),
        ("<<<12345>>>", False, True),
        ("<<<1234.0>>>", True, True),
        ("<<<1234.5>>>", False, True),
        ("<<<2 * 617 = 1234>>>", True, True),
        ("2 * 617 = 1234", True, True),
        ("The result is **1,234**.", True, True),
        ("So the answer is: $1{,}234$", True, False),
        ("<<<+1234>>>", True, True),
        ("<<<1234, 5>>>", False, True),
        ("<<<3210>>>", False, False),
    ],
)
def test_by_hand(reply: str, strict: bool, published: bool) -> None:
    item: Item[Puzzle, int] = Item("x", "number_multiply", "?", 1234, 1, Puzzle((2, 617)))
    assert (TASK.score(item, reply).outcome is Outcome.CORRECT) == strict
    assert (TASK.score(item, reply, published=True).outcome is Outcome.CORRECT) == published
