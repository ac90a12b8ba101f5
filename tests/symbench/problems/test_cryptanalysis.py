"""Feedback by hand, the official wording, and answers in many forms."""

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.item import Item
from codesteer.symbench.problems.cryptanalysis import TASK, Feedback, Puzzle, feedback

ITEM: Item[Puzzle, str] = Item(
    "x", TASK.slug, "?", "", 1, Puzzle(2, (("19WL", (2, 0, 0, ""), (2, 0, 0, "")),))
)


@pytest.mark.parametrize(
    ("guess", "secret", "told"),
    [
        ("19", "19", (2, 0, 0, "")),
        ("91", "19", (0, 2, 0, "")),
        ("95", "19", (0, 1, 1, "")),
        ("05", "59", (0, 1, 1, "low")),
        ("57", "56", (1, 0, 1, "high")),
        ("01", "34", (0, 0, 2, "low")),
        ("09", "34", (0, 0, 2, "")),
        ("AC", "BD", (0, 0, 2, "")),
        ("XYZ", "ABX", (0, 1, 2, "high")),
    ],
)
def test_feedback(guess: str, secret: str, told: Feedback) -> None:
    assert feedback(guess, secret) == told


def test_the_official_words_are_understood() -> None:
    question = (
        "1. Guess: 87ID, Feedback: one number is correct but in the wrong position; one number is incorrect "
        "and too large; both letters are correct and in the correct positions.\n"
        "2. Guess: 50FH, Feedback: both numbers are incorrect and too small; one letter is correct and in "
        "the correct position; one letter is incorrect and too early in the alphabet."
    )
    puzzle, answer = TASK.parse_record({"question": question, "answer": {"answer": ["7", "6", "H", "I"]}})
    assert answer == "76HI"
    assert puzzle.clues == (
        ("87ID", (0, 1, 1, "high"), (2, 0, 0, "")),
        ("50FH", (0, 0, 2, "low"), (1, 0, 1, "low")),
    )


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ('["1", "9", "W", "L"]', Outcome.CORRECT),
        ("19WL", Outcome.CORRECT),
        ("1 9 w l", Outcome.CORRECT),
        ("Password: 19WL", Outcome.CORRECT),
        ("91WL", Outcome.WRONG),
        ("WL19", Outcome.WRONG),
        ("11WL", Outcome.WRONG),
        ("19WLX", Outcome.UNREADABLE),
        ("1-9-W-L", Outcome.CORRECT),
        ("9-1-W-L", Outcome.WRONG),
        ("1-9-W", Outcome.UNREADABLE),
        ("19-WL-A", Outcome.UNREADABLE),
    ],
)
def test_answers(text: str, outcome: Outcome) -> None:
    assert TASK.score(ITEM, f"<<<{text}>>>").outcome is outcome


@pytest.mark.parametrize("level", TASK.levels)
def test_only_one_password_agrees(level: int) -> None:
    item = TASK.generate(3, level)
    clues = item.data.clues
    assert TASK.solve(item) == item.answer
    assert all(guess != item.answer for guess, *_ in clues) or level == 1
