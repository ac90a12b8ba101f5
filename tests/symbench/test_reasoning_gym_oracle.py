"""Reasoning Gym's generators and verifiers as a second oracle for the tasks that it shares with us."""

import re
from fractions import Fraction
from itertools import pairwise
from random import Random

import reasoning_gym
from tests.symbench.helpers import ITEMS

from codesteer.symbench.problems import (
    eight_queens,
    letters,
    pooling,
    standard_sudoku,
    string_insertion,
    string_splitting,
)
from codesteer.symbench.solvers.exchange import Counts


def test_queens() -> None:
    data, rng = reasoning_gym.create_dataset("n_queens", seed=3, size=ITEMS), Random(3)
    for entry in data:
        board = entry["metadata"]["puzzle"]
        given = tuple((r, c) for r, row in enumerate(board) for c, cell in enumerate(row) if cell == "Q")
        puzzle = eight_queens.Puzzle(len(board), given, ())
        solved = [tuple(map(str.split, text.split("\n"))) for text in entry["metadata"]["valid_answers"]]
        for rows in solved[:3]:
            queens = tuple((r, row.index("Q")) for r, row in enumerate(rows))
            assert eight_queens.TASK.find_violation(puzzle, queens) is None
            r, column = rng.randrange(len(board)), rng.randrange(len(board))
            moved = (*queens[:r], (r, column), *queens[r + 1 :])
            text = "\n".join(" ".join("Q" if (r, c) in moved else "_" for c in range(8)) for r in range(8))
            right = data.score_answer(text, entry) == 1
            assert (eight_queens.TASK.find_violation(puzzle, moved) is None) == right


def test_letters() -> None:
    for entry in reasoning_gym.create_dataset("letter_counting", seed=3, size=ITEMS):
        found = re.search(r'letter "(.)" appear in the text: "(.*)"', entry["question"], re.DOTALL)
        assert found
        puzzle = letters.Puzzle(found[2].lower(), found[1].lower())
        assert letters.TASK.compute_answer(puzzle)[0] == int(entry["answer"])


def restarting(start: tuple[int, int, int]) -> Counts:
    """Reasoning Gym reads that one begins again with the first method after every application."""
    counts: Counts = (*start, 0, 0, 0)
    while method := next((one for one in string_splitting.METHODS if one.times(counts)), None):
        counts = method.apply(counts)
    return counts


def test_reasoning_gym_reads_machines_in_a_third_way() -> None:
    differing = 0
    data = reasoning_gym.create_dataset("string_splitting", seed=3, size=200, max_initial_machines=9)
    for entry in data:
        start = entry["metadata"]["initial_machines"]
        theirs = tuple(map(int, entry["answer"].split()))
        assert theirs == restarting(start)
        differing += theirs != string_splitting.TASK.compute_answer(string_splitting.Puzzle(start))
    assert 60 < differing < 140


def test_insertions_agree_where_no_patterns_overlap() -> None:
    overlapping = 0
    for entry in reasoning_gym.create_dataset("string_insertion", seed=3, size=ITEMS, max_string_length=60):
        string = entry["metadata"]["string"]
        ends = [
            end for end in range(4, len(string) + 1) if string[end - 4 : end] in string_insertion.INSERTED
        ]
        if any(later - earlier < 4 for earlier, later in pairwise(ends)):
            # After an insertion Reasoning Gym goes on behind the pattern; our question counts every occurrence.
            overlapping += 1
            continue
        assert string_insertion.TASK.compute_answer(string_insertion.Puzzle(string)) == entry["answer"], (
            string
        )
    assert overlapping < ITEMS


def test_pooling_with_the_window_as_stride() -> None:
    sides = {"min_rows": 6, "max_rows": 6, "min_cols": 6, "max_cols": 6}  # the benchmark's grids are square
    data = reasoning_gym.create_dataset("pool_matrix", seed=3, size=ITEMS, **sides)
    for entry in data:
        facts = entry["metadata"]
        grid, window = tuple(map(tuple, facts["matrix"])), facts["pool_size"]
        kind = {"max": "max", "average": "mean"}[facts["pool_type"]]
        pooled = pooling.TASK.compute_answer(pooling.Puzzle(grid, window, kind, stride=window))
        text = "\n".join(" ".join(f"{float(Fraction(cell)):.6f}" for cell in row) for row in pooled)
        assert data.score_answer(text, entry) == 1, entry["question"]


def test_sudoku() -> None:
    rng = Random(3)
    for entry in reasoning_gym.create_dataset("sudoku", seed=3, size=min(ITEMS, 50)):
        givens, solution = (tuple(map(tuple, entry["metadata"][key])) for key in ("puzzle", "solution"))
        puzzle = standard_sudoku.Puzzle(givens)
        assert standard_sudoku.TASK.find_violation(puzzle, solution) is None
        r, c = rng.randrange(9), rng.randrange(9)
        changed = [list(row) for row in solution]
        changed[r][c] = changed[r][c] % 9 + 1
        assert standard_sudoku.TASK.find_violation(puzzle, tuple(map(tuple, changed))) is not None
