"""Intervals of proportions, and the warning about few pairs."""

import pytest

from codesteer.training.proportion import ENOUGH_PAIRS, Proportion, too_few


def test_an_interval_by_hand() -> None:
    low, high = Proportion(5, 10).interval
    assert (round(low, 3), round(high, 3)) == (0.237, 0.763)
    assert Proportion(0, 0).interval == (0.0, 1.0)


@pytest.mark.parametrize(
    ("pairs", "said"), [(0, "no held-out pairs"), (1, "100 points"), (36, "24 points"), (99, "14 points")]
)
def test_few_pairs_are_named_with_what_they_tell_apart(pairs: int, said: str) -> None:
    assert said in too_few(pairs)


def test_enough_pairs_need_no_warning() -> None:
    assert too_few(ENOUGH_PAIRS) == ""
