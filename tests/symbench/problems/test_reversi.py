"""Boards in many forms, pieces flipped in every direction, and the official misprint."""

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.item import Item
from codesteer.symbench.problems.reversi import TASK, Board, Puzzle, opening

AFTER: Board = (("*", "0", "*", "*"), ("*", "0", "0", "*"), ("*", "0", "1", "*"), ("*", "*", "*", "*"))
ITEM: Item[Puzzle, Board] = Item("x", TASK.slug, "?", AFTER, 1, Puzzle(opening(4), ((1, 2),)))


def board(rows: str) -> Board:
    return tuple(tuple(row) for row in rows.split())


def test_the_first_move() -> None:
    assert TASK.compute_answer(ITEM.data) == AFTER


def test_all_directions_are_flipped_and_nothing_else() -> None:
    before = board("0*0*0 *111* 01*10 *111* 0*0*1")
    after = board("0*0*0 *000* 00000 *001* 0*0*1")
    assert TASK.compute_answer(Puzzle(before, ((3, 3),))) == after


def test_a_gap_or_an_open_end_stops_a_run() -> None:
    before = board("*1*0 ***0 1*** ***1")
    assert TASK.compute_answer(Puzzle(before, ((1, 1),))) == board("01*0 ***0 1*** ***1")


@pytest.mark.parametrize(
    "text",
    [
        "*,0,*,*,*,0,0,*,*,0,1,*,*,*,*,*",
        "* 0 * *\n* 0 0 *\n* 0 1 *\n* * * *",
        "*0**\n*00*\n*01*\n****",
        "[['*','0','*','*'],['*','0','0','*'],['*','0','1','*'],['*','*','*','*']]",
        "*0***00**01*****",
    ],
)
def test_every_form_of_the_board_is_read(text: str) -> None:
    assert TASK.score(ITEM, f"<<<{text}>>>").outcome is Outcome.CORRECT
    assert TASK.score(ITEM, f"<<<{text}>>>", published=True).outcome is Outcome.CORRECT


def test_the_shown_board_is_compared_with_the_answer() -> None:
    record = {
        "id": "x",
        "question": "The previous round of the game was: \n*0**\n*00*\n*01*\n****\n\nRound 1",
        "answer": {"board_size": 4, "moves": [[1, 2]], "solution": TASK.format_answer(AFTER)},
    }
    item = TASK.from_official(record)
    assert item.flags == ("shown_board_already_equals_answer",)
