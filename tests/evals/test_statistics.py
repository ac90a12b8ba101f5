"""Scores and intervals against published figures and known values."""

import csv
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesteer.evals.statistics import (
    average,
    difference,
    normalised,
    own_maxima,
    paper,
    paper_maxima,
    wilson,
    with_interval,
)
from codesteer.symbench import load_task


def test_the_papers_averages_follow_from_its_rates() -> None:
    text = files("codesteer.evals").joinpath("published.csv").read_text(encoding="utf-8")
    printed = {row["task_slug"]: row for row in csv.DictReader(text.splitlines()) if row["seen"] == "summary"}
    maxima = paper_maxima()
    for method in next(iter(paper().values())):
        for part, wanted in (("total", (True, False)), ("seen", (True,)), ("unseen", (False,))):
            table = {task: rates[method] for task, rates in paper().items() if load_task(task).seen in wanted}
            score = 100 * sum(rate / maxima[task] for task, rate in table.items()) / len(table)
            assert score == pytest.approx(float(printed[f"__avg_norm_{part}"][method]), abs=0.051)


def test_normalised_divides_by_the_best_and_leaves_hopeless_tasks_out() -> None:
    table = {"a": [True, False], "b": [True, True], "c": [False, False]}
    assert normalised(table, {"a": 0.5, "b": 1.0, "c": 0.0}) == pytest.approx(100.0)
    assert normalised({"c": [False]}, {"c": 0.0}) == 0.0
    assert average(table) == pytest.approx(50.0)


def test_own_maxima_are_the_best_of_the_run() -> None:
    assert own_maxima([{"a": [True, False]}, {"a": [True, True], "b": []}]) == {"a": 1.0, "b": 0.0}


def test_wilson_gives_known_values() -> None:
    interval = wilson(5, 10)
    assert (round(interval.low, 3), round(interval.high, 3)) == (0.237, 0.763)
    assert wilson(0, 0).high == 1.0
    assert round(wilson(0, 10).high, 3) == 0.278


@given(trials=st.integers(1, 500), data=st.data())
def test_wilson_holds_the_rate_and_stays_in_range(trials: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, trials))
    interval = wilson(successes, trials)
    assert 0 <= interval.low <= interval.value + 1e-12
    assert interval.value - 1e-12 <= interval.high <= 1


def test_a_paired_difference_knows_that_the_items_are_the_same() -> None:
    table = {str(task): [task % 2 == 0] * 3 for task in range(12)}
    same = difference(table, table, lambda a, b: average(a) - average(b), resamples=200)
    assert (same.value, same.low, same.high) == (0.0, 0.0, 0.0)


def test_intervals_are_reproducible_and_hold_the_figure() -> None:
    table = {str(task): [task < 5, True, False] for task in range(10)}
    interval = with_interval(table, average)
    assert interval == with_interval(table, average)
    assert interval.low < interval.value < interval.high
