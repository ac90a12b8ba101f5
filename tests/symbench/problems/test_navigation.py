"""Walks by hand."""

import pytest

from codesteer.symbench.problems.navigation import TASK, Command, Puzzle

LEFT, RIGHT, AROUND = ("turn", 3), ("turn", 1), ("turn", 2)


@pytest.mark.parametrize(
    ("fixed", "commands", "answer"),
    [
        (True, (("forward", 3), ("left", 2), ("backward", 3), ("right", 2)), "Yes"),
        (True, (("forward", 3), ("left", 2), ("backward", 3), ("left", 2)), "No"),
        (False, (("forward", 3), AROUND, ("forward", 2), ("forward", 1)), "Yes"),
        (False, (("forward", 3), RIGHT, ("forward", 3), RIGHT, ("forward", 3), RIGHT, ("forward", 3)), "Yes"),
        (False, (("forward", 3), LEFT, ("forward", 3), RIGHT, ("forward", 3), RIGHT, ("forward", 3)), "No"),
        (False, (("forward", 1), LEFT, LEFT, ("forward", 1), LEFT), "Yes"),
    ],
)
def test_by_hand(fixed: bool, commands: tuple[Command, ...], answer: str) -> None:
    assert TASK.compute_answer(Puzzle(fixed, commands)) == answer


def test_the_official_words_are_understood() -> None:
    question = (
        "Always face forward. Take 1 step backward. Take 9 steps right. Turn left. Turn around. Take 2 steps."
    )
    puzzle, answer = TASK.parse_record({"question": question, "answer": {"target": "No"}})
    assert puzzle.commands == (("backward", 1), ("right", 9), LEFT, AROUND, ("forward", 2))
    assert puzzle.fixed
    assert answer == "No"


@pytest.mark.parametrize("level", TASK.levels)
def test_half_of_the_walks_return(level: int) -> None:
    answers = [TASK.generate(1, level, index=index).answer for index in range(60)]
    assert 15 < answers.count("Yes") < 45
