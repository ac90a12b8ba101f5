"""Plans by hand."""

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.item import Item
from codesteer.symbench.parsing import UnreadableError
from codesteer.symbench.problems.blocksworld import TASK, Plan, Puzzle

PUZZLE = Puzzle(("AB", "C", ""), ("CA", "", "B"))


@pytest.mark.parametrize(
    ("plan", "strict", "published"),
    [
        ("B 1 3, A 1 2, A 2 1", False, False),
        ("B 1 3, C 2 1", False, False),
        ("B 1 3, A 1 3, C 2 1, A 3 1", True, True),
        ("B 1 3, B 3 3, A 1 3, C 2 1, A 3 1", False, True),
        ("B 1 3, A 1 3, C 2 1, A 3 1, B 3 4", False, False),
        ("A 1 3, B 1 3", False, False),
    ],
)
def test_by_hand(plan: str, strict: bool, published: bool) -> None:
    moves = [move.split() for move in plan.split(", ")]
    item: Item[Puzzle, Plan] = Item("x", TASK.slug, "?", (), 1, PUZZLE)
    for form in (
        "Move {} from stack{} to stack{}",
        "move {} from {} to {}.",
        "- Move block {} from stack {} to stack {}",
    ):
        text = "\n".join(form.format(*move) for move in moves)
        assert (TASK.score(item, f"<<<{text}>>>").outcome is Outcome.CORRECT) == strict
        assert (TASK.score(item, f"<<<{text}>>>", published=True).outcome is Outcome.CORRECT) == published


def test_nothing_to_do_needs_no_moves() -> None:
    item: Item[Puzzle, Plan] = Item("x", TASK.slug, "?", (), 1, Puzzle(("A", ""), ("A", "")))
    assert TASK.score(item, f"<<<{TASK.format_answer(())}>>>").outcome is Outcome.CORRECT
    assert TASK.score(item, f"<<<{TASK.format_answer(())}>>>", published=True).outcome is Outcome.WRONG


def test_numbered_moves_are_read() -> None:
    assert TASK.parse("1. Move B from stack1 to stack3\n2) Move A from 1 onto 3", PUZZLE) == (
        ("B", 1, 3),
        ("A", 1, 3),
    )


@pytest.mark.parametrize(
    "text",
    [
        "Step 1: Move B from stack1 to stack3\nStep 2: Move A from stack1 to stack3",
        "**Step 1:** Move B from stack1 to stack3\n**Step 2:** Move A from stack1 to stack3",
        "Move 1: Move B from stack1 to stack3\nMove 2: Move A from stack1 to stack3",
        "- Move `B` from `stack1` to `stack3`\n- Move `A` from `stack1` to `stack3`",
        "1. Move **B** from **stack1** to **stack3**\n2. Move **A** from stack1 to stack3",
        "Move B from stack1 to stack3, then move A from stack1 to stack3",
        "['Move B from stack1 to stack3', 'Move A from stack1 to stack3']",
        '["1. Move B from stack1 to stack3", "2. Move A from stack1 to stack3"]',
        '{"moves": ["Move B from stack1 to stack3", "Move A from stack1 to stack3"]}',
        "Moves:\nMove 'B' from 'stack1' to 'stack3'\nMove 'A' from 'stack1' to 'stack3'",
    ],
)
def test_lists_with_markup_are_read(text: str) -> None:
    assert TASK.parse(text, PUZZLE) == (("B", 1, 3), ("A", 1, 3))


@pytest.mark.parametrize(
    "text", ["B from 1 to 3", "Move B to stack3", "Step 1: B", "Remove B from stack1 to stack3"]
)
def test_other_lines_are_no_moves(text: str) -> None:
    with pytest.raises(UnreadableError):
        TASK.parse(text, PUZZLE)
