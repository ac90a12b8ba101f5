"""Grids in many forms, and what the official validator ignores."""

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.problems.standard_sudoku import TASK
from codesteer.symbench.solvers.sudoku import solve_sudoku

ITEM = TASK.generate(1, 5)
ROWS = ITEM.answer
BAR = "\n------+-------+------\n"
BANDS = BAR.join(
    "\n".join(" | ".join(" ".join(map(str, row[left : left + 3])) for left in (0, 3, 6)) for row in band)
    for band in (ROWS[:3], ROWS[3:6], ROWS[6:])
)


@pytest.mark.parametrize(
    "text",
    [
        str(ROWS),
        "\n".join(" ".join(map(str, row)) for row in ROWS),
        "\n".join(",".join(map(str, row)) for row in ROWS),
        "\n".join("".join(map(str, row)) for row in ROWS),
        ",".join(str(number) for row in ROWS for number in row),
        "".join(str(number) for row in ROWS for number in row),
        BANDS,
    ],
)
def test_every_form_of_the_grid_is_read(text: str) -> None:
    assert TASK.score(ITEM, f"<<<{text}>>>").outcome is Outcome.CORRECT


def test_a_tenth_row_is_seen() -> None:
    text = f"<<<{TASK.format_answer((*ROWS, ROWS[0]))}>>>"
    assert TASK.score(ITEM, text).outcome is Outcome.WRONG
    assert TASK.score(ITEM, text, published=True).outcome is Outcome.CORRECT


def test_a_changed_given_is_named() -> None:
    swap = {ROWS[0][0]: ROWS[0][1], ROWS[0][1]: ROWS[0][0]}
    other = tuple(tuple(swap.get(number, number) for number in row) for row in ROWS)
    assert "given number" in TASK.score(ITEM, f"<<<{TASK.format_answer(other)}>>>").reason


def test_an_impossible_grid_has_no_solution() -> None:
    assert solve_sudoku(((1, 1, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0))) is None
