"""Lines by hand, the official wording, and clues that are all needed."""

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.problems.logical_deduction import TASK, Puzzle
from codesteer.symbench.solvers.linear_orders import consistent_orders


def test_all_orders_are_found() -> None:
    assert len(list(consistent_orders(4, []))) == 24
    assert list(consistent_orders(3, [("before", 2, 0), ("at", 1, 1)])) == [(2, 1, 0)]
    assert list(consistent_orders(3, [("before", 2, 0), ("at", 0, 0)])) == []
    assert list(consistent_orders(2, [("at", 0, 0), ("at", 0, 1)])) == []
    assert list(consistent_orders(2, [("before", 0, 1), ("before", 1, 0)])) == []


def test_the_official_words_are_understood() -> None:
    question = (
        "The statements are logically consistent within each paragraph. A fruit stand sells three fruits: "
        "plums, pears, and figs. The plums are the second-most expensive. The figs are less expensive than "
        "the pears.\nOptions:\n(A) The plums are the cheapest\n(B) The pears are the cheapest\n"
        "(C) The figs are the cheapest\n"
    )
    puzzle, answer = TASK.parse_record({"question": question, "answer": {"target": "(C)"}})
    assert puzzle == Puzzle(
        "", ("the plums", "the pears", "the figs"), (("back", 0, 2), ("before", 2, 1)), ("front", 1)
    )
    assert TASK.compute_answer(puzzle) == answer == "C"


@pytest.mark.parametrize("level", TASK.levels)
def test_no_clue_can_be_left_out(level: int) -> None:
    puzzle = TASK.generate(4, level).data
    for clue in puzzle.clues:
        rest = tuple(other for other in puzzle.clues if other != clue)
        places = ("front", "back")
        settled = []
        for side in places:
            for place in range(1, len(puzzle.things) + 1):
                try:
                    settled.append(
                        TASK.compute_answer(Puzzle(puzzle.setting, puzzle.things, rest, (side, place)))
                    )
                except ValueError:
                    settled.append("")
        assert "" in settled


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("{}", Outcome.CORRECT),
        ("({})", Outcome.CORRECT),
        ("Option {}", Outcome.CORRECT),
        ("({}) {}", Outcome.CORRECT),
        ("A or B", Outcome.UNREADABLE),
        ("Z", Outcome.UNREADABLE),
        ("Move A to 2", Outcome.UNREADABLE),
    ],
)
def test_answers(text: str, outcome: Outcome) -> None:
    item = TASK.generate(4, 2)
    name = item.data.things["ABCDE".index(item.answer)]
    assert TASK.score(item, f"<<<{text.format(item.answer, name)}>>>").outcome is outcome
    assert TASK.score(item, f"<<<{name.upper()}>>>").outcome is Outcome.CORRECT
