"""Both readings by hand, and digits run together."""

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.item import Item
from codesteer.symbench.problems.string_splitting import TASK, Puzzle
from codesteer.symbench.solvers.exchange import Counts

ITEM: Item[Puzzle, Counts] = Item("x", TASK.slug, "?", (0, 0, 1, 12, 0, 15), 5, Puzzle((10, 8, 9)))


def test_two_machines_by_hand() -> None:
    assert TASK.compute_answer(Puzzle((1, 0, 0))) == (0, 0, 0, 1, 0, 1)
    assert TASK.compute_answer(Puzzle((0, 1, 1))) == (0, 0, 0, 1, 0, 1)
    assert TASK.compute_answer(Puzzle((0, 2, 2), (3, 0, 1, 2, 4))) == (0, 0, 0, 2, 0, 2)
    assert TASK.compute_answer(Puzzle((0, 2, 2), (1, 2, 3, 0, 4))) == (0, 0, 0, 0, 0, 1)


@pytest.mark.parametrize(
    ("text", "strict", "published"),
    [
        ('["0", "0", "1", "12", "0", "15"]', Outcome.CORRECT, Outcome.CORRECT),
        ("0, 0, 1, 12, 0, 15", Outcome.CORRECT, Outcome.CORRECT),
        ("A: 0, B: 0, C: 1, X: 12, Y: 0, Z: 15", Outcome.CORRECT, Outcome.CORRECT),
        ("{'A': 0, 'B': 0, 'C': 1, 'X': 12, 'Y': 0, 'Z': 15}", Outcome.CORRECT, Outcome.CORRECT),
        ("A=0 B=0 C=1 Z=15 X=12 Y=0", Outcome.CORRECT, Outcome.CORRECT),
        ("machine Z: 15, machine A: 0, part X: 12, C: 1, B: 0, Y: 0", Outcome.CORRECT, Outcome.CORRECT),
        ("15 Z, 0 Y, 12 X, 1 C, 0 B, 0 A", Outcome.CORRECT, Outcome.CORRECT),
        ("0 of A, 0 of B, 1 of C, 12 of X, 0 of Y, 15 of Z", Outcome.CORRECT, Outcome.CORRECT),
        ("Z=0 Y=0 X=1 C=12 B=0 A=15", Outcome.WRONG, Outcome.WRONG),
        ("A=0 B=0 C=1 X=12 Y=0", Outcome.UNREADABLE, Outcome.UNREADABLE),
        ("A=0 B=0 C=1 X=12 Y=0 Z=15 A=0", Outcome.UNREADABLE, Outcome.UNREADABLE),
        ("P=0 Q=0 R=1 S=12 T=0 U=15", Outcome.UNREADABLE, Outcome.UNREADABLE),
        ("0 0 11 2 0 15", Outcome.WRONG, Outcome.CORRECT),
        ("0 0 1 12 0 14", Outcome.WRONG, Outcome.WRONG),
        ("001120", Outcome.WRONG, Outcome.WRONG),
        ("00112015", Outcome.UNREADABLE, Outcome.UNREADABLE),
        ("0 0 1 12 0", Outcome.UNREADABLE, Outcome.UNREADABLE),
        ("none", Outcome.UNREADABLE, Outcome.UNREADABLE),
    ],
)
def test_answers(text: str, strict: Outcome, published: Outcome) -> None:
    assert TASK.score(ITEM, f"<<<{text}>>>").outcome is strict
    assert TASK.score(ITEM, f"<<<{text}>>>", published=True).outcome is published
