"""Rounds by hand, and the one-sided rule of the official validator."""

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.item import Item
from codesteer.symbench.problems.constrained_linear_arrangement import TASK, Cards, Puzzle, play


@pytest.mark.parametrize(
    ("game", "own", "outcomes"),
    [
        ("elements", "A", {"A": "draw", "B": "loss", "C": "win", "D": "loss", "E": "win"}),
        ("stick_game", "B", {"A": "loss", "B": "draw", "C": "win", "D": "draw"}),
        ("animal", "A", {"A": "draw", "B": "win", "G": "win", "H": "loss"}),
        ("animal", "H", {"A": "win", "B": "loss", "H": "draw"}),
    ],
)
def test_single_rounds(game: str, own: str, outcomes: dict[str, str]) -> None:
    assert {other: play(game, own, other) for other in outcomes} == outcomes


@pytest.mark.parametrize(
    ("game", "cards", "results", "stored", "text", "strict", "published"),
    [
        ("elements", "DAC", "draw draw win", "DAE", "D, A, E", True, True),
        ("elements", "DAC", "draw draw win", "DAE", "D,A,B", True, False),
        ("elements", "DAC", "draw draw win", "CAE", "C,A,E", False, True),
        ("elements", "DAC", "draw draw win", "CAE", "C,C,E", False, False),
        ("stick_game", "BAD", "loss win draw", "ABD", "ABD", True, True),
        ("stick_game", "BAD", "loss win draw", "ABD", "A, B and D", True, True),
        ("stick_game", "BAD", "loss win draw", "ABD", "A > B > D", True, True),
        ("stick_game", "BAD", "loss win draw", "ABD", "Round 1: A\nRound 2: B\nRound 3: D", True, True),
        ("stick_game", "BAD", "loss win draw", "ABD", "Round 3: A\nRound 2: B\nRound 1: D", False, False),
        ("stick_game", "BAD", "loss win draw", "ABD", "1. A\n2. B\n3. D", True, True),
        ("stick_game", "BAD", "loss win draw", "ABD", "AND", False, False),
        ("stick_game", "BAD", "loss win draw", "ABD", "A,B,B", False, True),
        ("animal", "ADG", "loss win loss", "HEA", "H,E,B", True, True),
        ("animal", "ADG", "loss win loss", "HEA", "[H, F, F]", False, False),
        ("animal", "ADG", "win win loss", "HEA", "H,E,B", False, True),
        ("animal", "ADG", "loss win loss", "HEA", "H,E", False, False),
    ],
)
def test_by_hand(
    game: str, cards: str, results: str, stored: str, text: str, strict: bool, published: bool
) -> None:
    puzzle = Puzzle(game, tuple(cards), tuple(results.split()))
    item: Item[Puzzle, Cards] = Item("x", TASK.slug, "?", tuple(stored), 1, puzzle)
    assert (TASK.score(item, f"<<<{text}>>>").outcome is Outcome.CORRECT) == strict
    assert (TASK.score(item, f"<<<{text}>>>", published=True).outcome is Outcome.CORRECT) == published
