"""Downsampling rows."""

from collections import Counter
from collections.abc import Sequence
from math import inf
from random import Random
from statistics import median_low

from hypothesis import given
from hypothesis import strategies as st

from codesteer.training.balance import cap_majorities, cap_per_group, cap_share, until_stable

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


@given(rows, st.floats(0.01, 1))
def test_no_kind_has_more_than_its_share(rows: list[tuple[str, str]], share: float) -> None:
    before = Counter(first for first, _ in rows)
    kept = cap_share(rows, lambda row: row[0], share, Random(0), lambda row: row[1])
    after = Counter(first for first, _ in kept)
    assert set(after) == set(before)
    feasible = share * len(before) >= 1
    for kind, number in after.items():
        assert number <= share * len(kept) or (not feasible and number == min(before.values()))
        if number < before[kind]:
            assert number == max(after.values()), "only the largest kinds lose rows"
    if share == 1:
        assert kept == rows


def test_a_share_keeps_as_many_rows_as_it_can() -> None:
    rows = [("big", "x")] * 10 + [(str(number), "x") for number in range(9)]
    kept = cap_share(rows, lambda row: row[0], 0.25, Random(0), lambda row: row[1])
    assert Counter(first for first, _ in kept)["big"] == 3
    assert len(kept) == 12


def test_rows_of_the_largest_sub_group_are_dropped_first() -> None:
    rows = [("big", "x")] * 8 + [("big", "y")] * 2 + [("small", "x")] * 4
    kept = cap_majorities(rows, lambda row: row[0], 1, Random(0), lambda row: row[1])
    assert Counter(kept) == {("big", "x"): 2, ("big", "y"): 2, ("small", "x"): 4}


def test_the_order_is_preserved() -> None:
    rows = [(kind, str(number)) for number in range(6) for kind in "ab"]
    kept = cap_majorities(rows[:9], lambda row: row[0], 1, Random(0), lambda row: row[1])
    assert kept == sorted(kept, key=rows.index)


def test_rows_of_no_kind_are_kept() -> None:
    rows = [*[("a", "x")] * 5, *[("b", "x")] * 2, *[("", "x")] * 9]
    kept = cap_majorities(rows, lambda row: row[0] or None, 1, Random(0), lambda row: row[1])
    assert Counter(first for first, _ in kept) == {"a": 2, "b": 2, "": 9}


def test_an_infinite_ratio_keeps_all_rows() -> None:
    rows = [*[("a", "x")] * 5, ("b", "x")]
    assert cap_majorities(rows, lambda row: row[0], inf, Random(0), lambda row: row[1]) == rows


def test_balances_of_several_properties_hold_together() -> None:
    rng = Random(3)
    rows = [(min(int(rng.expovariate(0.7)), 4), min(int(rng.expovariate(0.8)), 3)) for _ in range(400)]

    def balanced(some: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
        for place in (0, 1):
            some = cap_majorities(some, lambda row: row[place], 2, rng, lambda row: row)  # noqa: B023
        return some

    kept = until_stable(rows, balanced)
    for place in (0, 1):
        sizes = Counter(row[place] for row in kept)
        assert max(sizes.values()) <= 2 * median_low(sizes.values())
    assert len(kept) > 100
    assert until_stable(kept, balanced) == kept
