"""Systems by hand, and what the official validator accepts."""

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.item import Item
from codesteer.symbench.problems.logical_equation import TASK, Puzzle, Values

PUZZLE = Puzzle((2, 3, 5, 9), (("A", "+", "B", "5"), ("C", ">", "A", ""), ("D", "-", "C", "4")))


@pytest.mark.parametrize(
    ("text", "strict", "published"),
    [
        ("[2, 3, 5, 9]", True, True),
        ("[3, 2, 5, 9]", True, True),
        ("A=2, B=3, C=5, D=9", True, True),
        ("2 3 5 9", True, True),
        ("[2, 3, 9, 5]", False, False),
        ("D=9, C=5, B=3, A=2", True, True),
        ("{'B': 3, 'A': 2, 'D': 9, 'C': 5}", True, True),
        ('{"D": 9, "C": 5, "B": 3, "A": 2}', True, True),
        ("A: 2\nB: 3\nC: 5\nD: 9", True, True),
        ("**A** = 2, **B** = 3, **D** = 9, **C** = 5", True, True),
        ("Values: A=2, B=3, C=5, D=9", True, True),
        ("A -> 2, B -> 3, C -> 5, D -> 9", True, True),
        ("D=2, C=3, B=5, A=9", False, False),
        ("A=2, A=3, C=5, D=9", False, False),
        ("A=2, B=3, C=5, E=9", False, False),
        ("A=2, B=3, C=5, 9", False, False),
        ("A=2, 3, 5, 9", False, False),
        ("A=2, B=3, C=5, D=9, 1", False, False),
        ("D=9.0, C=5.0, B=2.5, A=2.5", False, True),
        ("[2, 3, 5]", False, False),
        ("[2.5, 2.5, 5, 9]", False, True),
        ("[2, 3, 5, 9, 9]", False, False),
    ],
)
def test_by_hand(text: str, strict: bool, published: bool) -> None:
    item: Item[Puzzle, Values] = Item("x", TASK.slug, "?", (2, 3, 5, 9), 1, PUZZLE)
    assert (TASK.score(item, f"<<<{text}>>>").outcome is Outcome.CORRECT) == strict
    assert (TASK.score(item, f"<<<{text}>>>", published=True).outcome is Outcome.CORRECT) == published


def test_multiples_are_exact() -> None:
    puzzle = Puzzle((30, 50, 55), (("C", "*", "B", "1.1"),))
    item: Item[Puzzle, Values] = Item("x", TASK.slug, "?", (30, 50, 55), 1, puzzle)
    assert TASK.score(item, "<<<[30, 50, 55]>>>").outcome is Outcome.CORRECT
    assert (
        TASK.score(item, "<<<[30, 50, 55]>>>", published=True).outcome is Outcome.WRONG
    )  # 55.00000000000001


def test_reused_numbers_pass_the_reference_only() -> None:
    item: Item[Puzzle, Values] = Item(
        "x", TASK.slug, "?", (1, 2, 4), 1, Puzzle((1, 2, 4), (("B", "*", "A", "2.0"),))
    )
    assert TASK.score(item, "<<<[1, 2, 2]>>>").outcome is Outcome.WRONG
    assert TASK.score(item, "<<<[1, 2, 2]>>>", published=True).outcome is Outcome.CORRECT
