"""Calculations by hand, and what the official validator accepts."""

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.item import Item
from codesteer.symbench.problems.combinatorial_calculation import TASK, Puzzle
from codesteer.symbench.solvers.ordered_expressions import Tokens, find_expression

ITEM: Item[Puzzle, Tokens] = Item("x", TASK.slug, "?", (), 1, Puzzle((5, 3, 9, 3), 24))


@pytest.mark.parametrize(
    ("text", "strict", "published"),
    [
        ("[(, 5, +, 3, ), *, 9, /, 3]", Outcome.CORRECT, True),
        ('["(", "5", "+", "3", ")", "*", "9", "/", "3"]', Outcome.CORRECT, True),
        ("(5 + 3) × 9 ÷ 3", Outcome.CORRECT, True),
        ("(5+3)*9/3 = 24", Outcome.CORRECT, True),
        ("[5+3]*9/3", Outcome.CORRECT, True),
        ("(5+3)*9/3 == 24", Outcome.CORRECT, True),
        ("24 = (5+3)*9/3", Outcome.CORRECT, False),
        ("Expression: (5+3) x 9 / 3", Outcome.CORRECT, True),
        ("[(, 5, +, 3, ), x, 9, /, 3]", Outcome.CORRECT, True),
        ('["(", "5", "+", "3", ")", "x", "9", "/", "3"]', Outcome.CORRECT, True),
        ("(5+3) • 9 ÷ 3", Outcome.CORRECT, True),
        ("(5+3)*9/3 == 25", Outcome.UNREADABLE, True),
        ("[(, 5, +, 3, ), /, 3, *, 9]", Outcome.WRONG, True),  # another order
        ("[3, *, 9, -, 3, *, *, (, 5, -, 5, )]", Outcome.UNREADABLE, False),
        ("[-, 3, +, 3, *, 9, -, 5, +, 5]", Outcome.UNREADABLE, False),
        ("[-, 3, +, 9, *, 3, +, 5, -, 5]", Outcome.UNREADABLE, False),
        ("[5, 3, 9, 3]", Outcome.UNREADABLE, False),
        ("5+3*9/3", Outcome.WRONG, False),
        ("24", Outcome.WRONG, False),
        ("(5+3)*9/3 = 25", Outcome.UNREADABLE, True),
    ],
)
def test_by_hand(text: str, strict: Outcome, published: bool) -> None:
    assert TASK.score(ITEM, f"<<<{text}>>>").outcome is strict
    outcome = TASK.score(ITEM, f"<<<{text}>>>", published=True).outcome
    assert (outcome is Outcome.CORRECT) == published


def test_the_search_finds_fractions_and_knows_the_impossible() -> None:
    found = find_expression((1, 3, 9), 3)
    assert found is not None
    assert TASK.find_violation(Puzzle((1, 3, 9), 3), found) is None
    assert find_expression((1, 1), 5) is None
    assert find_expression((7,), 7) == ("7",)
    assert find_expression((7,), 8) is None
