"""The game of 24 by hand, and where the official validator differs."""

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.item import Item
from codesteer.symbench.problems.game24 import TASK, Puzzle


def item(*numbers: int) -> Item[Puzzle, str]:
    return Item("x", "game24", "?", "", 2, Puzzle(numbers, 24))


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("(10-9)*(11+13)", Outcome.CORRECT),
        ("(11 + 13) × (10 − 9) = 24", Outcome.CORRECT),
        (r"\left(11 + 13\right) \times \frac{10}{9}", Outcome.WRONG),
        ("24 = (10-9)*(11+13)", Outcome.CORRECT),
        ("[10-9]*{11+13}", Outcome.CORRECT),
        ("(10-9)*(11+13) == 24", Outcome.CORRECT),
        ("(10-9)x(11+13)", Outcome.CORRECT),
        ("**(10-9)*(11+13)**", Outcome.CORRECT),
        ("**Expression:** (10-9)*(11+13)", Outcome.CORRECT),
        ("(10 - 9) X (11 + 13)", Outcome.CORRECT),
        ("(10-9) • (11+13)", Outcome.CORRECT),
        ("Expression: (10-9)*(11+13)", Outcome.CORRECT),
        ("Expression = (10-9)*(11+13) = 24", Outcome.CORRECT),
        ("x(10-9)*(11+13)", Outcome.UNREADABLE),
        ("(10-9)*(11+13) == 25", Outcome.UNREADABLE),
        ("(10-9)xx(11+13)", Outcome.UNREADABLE),
        ("(10-9)*(11+13) = 25", Outcome.UNREADABLE),
        ("(10-9)*(11+13)+0", Outcome.WRONG),
        ("10-9*11+13", Outcome.WRONG),
        ("24", Outcome.WRONG),
        ("(10-9)**(11+13)", Outcome.UNREADABLE),
        ("-(9-10)*(11+13)", Outcome.UNREADABLE),
        ("(10-9)(11+13)", Outcome.UNREADABLE),
        ("10-9)*(11+13", Outcome.UNREADABLE),
        ("(10-9*(11+13)", Outcome.UNREADABLE),
        ("10/(9-9)*11+13", Outcome.UNREADABLE),
    ],
)
def test_strict(text: str, outcome: Outcome) -> None:
    assert TASK.score(item(9, 10, 11, 13), f"<<<{text}>>>").outcome is outcome


@pytest.mark.parametrize(
    ("numbers", "text", "accepted"),
    [
        ((9, 10, 11, 13), "-(9-10)*(11+13)", True),
        ((2, 3, 3, 6), "2**3*6//2-0", False),
        ((1, 2, 3, 4), "4*3*2**1", True),
        ((2, 2, 7, 25), "25-7%2//2*1", False),
        ((1, 3, 7, 25), "25-7//3+1", True),
        ((3, 3, 8, 8), "8/(3-8/3)", False),
        ((9, 10, 11, 13), "(10-9)*(11+13) = 24", True),
        ((9, 10, 11, 13), "(10-9)*(11+13) = 25", False),
    ],
)
def test_published(numbers: tuple[int, ...], text: str, accepted: bool) -> None:
    outcome = TASK.score(item(*numbers), f"<<<{text}>>>", published=True).outcome
    assert (outcome is Outcome.CORRECT) == accepted


def test_floats_do_not_spoil_the_strict_verdict() -> None:
    assert TASK.score(item(3, 3, 8, 8), "<<<8/(3-8/3)>>>").outcome is Outcome.CORRECT
