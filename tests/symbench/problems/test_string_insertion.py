"""Insertions by hand, overlaps included."""

import pytest

from codesteer.symbench.problems.string_insertion import TASK, Puzzle


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("ABCD", "ABCDA"),
        ("ABCDE", "ABCDAEB"),
        ("ABCDEABCD", "ABCDAEBACBDCEDA"),
        ("EABCD", "EABCEDA"),
        ("AAAA", "AAAA"),
        ("ABC", "ABC"),
        ("DEABDBCDEEDEAB", "DEABDDBCDEBEDEABD"),
    ],
)
def test_by_hand(before: str, after: str) -> None:
    assert TASK.compute_answer(Puzzle(before)) == after
