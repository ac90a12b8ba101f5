"""Combinations by hand, and the forms of nine counts."""

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.item import Item
from codesteer.symbench.problems.string_synthesis import TASK, Counts, Puzzle


@pytest.mark.parametrize(
    ("start", "left"),
    [
        ((4, 2, 2), (2, 0, 0, 2, 0, 0, 0, 0, 0)),
        ((3, 4, 6), (0, 0, 0, 2, 1, 0, 1, 1, 0)),
        ((0, 5, 4), (0, 1, 0, 0, 0, 0, 0, 0, 2)),
        ((1, 0, 1), (1, 0, 1, 0, 0, 0, 0, 0, 0)),
    ],
)
def test_by_hand(start: tuple[int, int, int], left: Counts) -> None:
    assert TASK.compute_answer(Puzzle(start)) == left


@pytest.mark.parametrize(
    ("text", "strict", "published"),
    [
        ("2 0 0 2 0 0 0 0 0", True, True),
        ("200200000", True, True),
        ("[2, 0, 0, 2, 0, 0, 0, 0, 0]", True, True),
        ('["2","0","0","2","0","0","0","0","0"]', True, False),
        ("2 [A], 0 [B], 0 [C], 2 {A}, 0 {B}, 0 {C}, 0 (A), 0 (B), 0 (C)", True, False),
        ("2 0 0 2 0 0 0 0", False, False),
        ("(C): 0, (B): 0, (A): 0, {C}: 0, {B}: 0, {A}: 2, [C]: 0, [B]: 0, [A]: 2", True, False),
        ("(C): 2, (B): 0, (A): 0, {C}: 2, {B}: 0, {A}: 0, [C]: 0, [B]: 0, [A]: 0", False, False),
        ("0 (C), 0 (B), 0 (A), 0 {C}, 0 {B}, 2 {A}, 0 [C], 0 [B], 2 [A]", True, False),
        ("2 (C), 0 (B), 0 (A), 2 {C}, 0 {B}, 0 {A}, 0 [C], 0 [B], 0 [A]", False, False),
        (
            "{'[A]': 2, '[B]': 0, '[C]': 0, '{A}': 2, '{B}': 0, '{C}': 0, '(A)': 0, '(B)': 0, '(C)': 0}",
            True,
            False,
        ),
        ("[A] 2, [B] 0, [C] 0, {A} 2, {B} 0, {C} 0, (A) 0, (B) 0, (C) 0", True, False),
        ("[A]: 2, [B]: 0, [C]: 0, {A}: 2, {B}: 0, {C}: 0, (A): 0, (B): 0", False, False),
        ("2 0 0 2 0 0 0 0 1", False, False),
    ],
)
def test_forms(text: str, strict: bool, published: bool) -> None:
    item: Item[Puzzle, Counts] = Item("x", TASK.slug, "?", (2, 0, 0, 2, 0, 0, 0, 0, 0), 1, Puzzle((4, 2, 2)))
    assert (TASK.score(item, f"<<<{text}>>>").outcome is Outcome.CORRECT) == strict
    assert (TASK.score(item, f"<<<{text}>>>", published=True).outcome is Outcome.CORRECT) == published


def test_a_count_above_nine_never_passes_the_reference() -> None:
    puzzle = Puzzle((20, 0, 20))
    item: Item[Puzzle, Counts] = Item("x", TASK.slug, "?", TASK.compute_answer(puzzle), 1, puzzle)
    text = f"<<<{TASK.format_answer(item.answer)}>>>"
    assert TASK.score(item, text).outcome is Outcome.CORRECT
    assert TASK.score(item, text, published=True).outcome is Outcome.WRONG
