"""Downsampling rows."""

from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from codesteer.training.balance import cap_majorities, cap_per_group

rows = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), max_size=60)


@given(rows, st.floats(1, 5))
def test_majorities_are_capped_and_minorities_kept(rows: list[tuple[str, str]], ratio: float) -> None:
    before = Counter(first for first, _ in rows)
    kept = cap_majorities(rows, lambda row: row[0], ratio, Random(0), lambda row: row[1])
    after = Counter(first for first, _ in kept)
    if len(before) < 2:
        assert kept == rows
        return
    median = sorted(before.values())[(len(before) - 1) // 2]
    for kind, number in before.items():
        assert after[kind] == min(number, max(1, int(ratio * median)))


@given(rows, st.integers(1, 4))
def test_groups_are_capped(rows: list[tuple[str, str]], most: int) -> None:
    kept = cap_per_group(rows, lambda row: row[0], most, Random(0), lambda row: row[1])
    for group, number in Counter(first for first, _ in rows).items():
        mine = [row for row in kept if row[0] == group]
        kinds = {row[1] for row in rows if row[0] == group}
        assert len(mine) == min(number, most)
        assert len({row[1] for row in mine}) == min(len(kinds), most)


def test_rows_of_the_largest_sub_group_are_dropped_first() -> None:
    rows = [("big", "x")] * 8 + [("big", "y")] * 2 + [("small", "x")] * 4
    kept = cap_majorities(rows, lambda row: row[0], 1, Random(0), lambda row: row[1])
    assert Counter(kept) == {("big", "x"): 2, ("big", "y"): 2, ("small", "x"): 4}


def test_the_order_is_preserved() -> None:
    rows = [(kind, str(number)) for number in range(6) for kind in "ab"]
    kept = cap_majorities(rows[:9], lambda row: row[0], 1, Random(0), lambda row: row[1])
    assert kept == sorted(kept, key=rows.index)
