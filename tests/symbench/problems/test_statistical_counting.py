"""Points by hand."""

import pytest

from codesteer.symbench.problems.statistical_counting import TASK, Puzzle


@pytest.mark.parametrize(
    ("string", "points"),
    [("AABBBAC", 3), ("ABC", 0), ("AAAA", 1), ("AABAA", 2), ("CC", 3), ("BBAACCAA", 7)],
)
def test_runs(string: str, points: int) -> None:
    assert TASK.compute_answer(Puzzle(string, 3)) == points
