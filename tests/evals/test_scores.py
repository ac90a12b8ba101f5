"""Scores and intervals compared with published and known values."""

import csv
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesteer.evals.intervals import bootstrap_interval, paired_bootstrap, sign_test, wilson
from codesteer.evals.scores import average, normalised, paper_best_rates, paper_rates
from codesteer.symbench import load_task


def test_the_papers_averages_follow_from_its_rates() -> None:
    text = files("codesteer.evals").joinpath("paper_table.csv").read_text(encoding="utf-8")
    printed = {row["task_slug"]: row for row in csv.DictReader(text.splitlines()) if row["seen"] == "summary"}
    maxima = paper_best_rates()
    for method in next(iter(paper_rates().values())):
        for part, wanted in (("total", (True, False)), ("seen", (True,)), ("unseen", (False,))):
            table = {
                task: rates[method] for task, rates in paper_rates().items() if load_task(task).seen in wanted
            }
            score = 100 * sum(rate / maxima[task] for task, rate in table.items()) / len(table)
            assert score == pytest.approx(float(printed[f"__avg_norm_{part}"][method]), abs=0.051)


def test_normalised_divides_by_the_best_and_skips_unsolved_tasks() -> None:
    table = {"a": [True, False], "b": [True, True], "c": [False, False]}
    assert normalised(table, {"a": 0.5, "b": 1.0, "c": 0.0}) == pytest.approx(100.0)
    assert normalised({"c": [False]}, {"c": 0.0}) is None
    assert average(table) == pytest.approx(50.0)


@pytest.mark.parametrize("table", [{}, {"a": []}, {"unknown": [True]}, {"zero": [True]}])
def test_tasks_without_a_best_rate_or_outcomes_have_no_score(table: dict[str, list[bool]]) -> None:
    assert normalised(table, {"a": 0.5, "zero": 0.0}) is None
    assert normalised({**table, "a": [True, False]}, {"a": 0.5, "zero": 0.0}) == pytest.approx(100.0)


@pytest.mark.parametrize(
    ("wins", "losses", "share"),
    [
        (0, 0, 1),
        (1, 0, 1),
        (1, 1, 1),
        (3, 0, 0.25),
        (0, 3, 0.25),
        (5, 0, 0.0625),
        (6, 0, 0.03125),
        (9, 2, 0.0654),
    ],
)
def test_the_sign_test_gives_known_values(wins: int, losses: int, share: float) -> None:
    assert sign_test(wins, losses) == pytest.approx(share, abs=1e-4)


def test_wilson_gives_known_values() -> None:
    interval = wilson(5, 10)
    assert (round(interval.low, 3), round(interval.high, 3)) == (0.237, 0.763)
    assert wilson(0, 0).high == 1.0
    assert round(wilson(0, 10).high, 3) == 0.278


@given(trials=st.integers(1, 500), data=st.data())
def test_wilson_contains_the_rate_and_stays_in_range(trials: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, trials))
    interval = wilson(successes, trials)
    assert 0 <= interval.low <= interval.value + 1e-12
    assert interval.value - 1e-12 <= interval.high <= 1


def test_a_paired_bootstrap_uses_the_same_items() -> None:
    table = {str(task): [task % 2 == 0] * 3 for task in range(12)}
    same = paired_bootstrap(table, table, lambda a, b: average(a) - average(b), resamples=200)
    assert (same.value, same.low, same.high) == (0.0, 0.0, 0.0)


def test_intervals_are_reproducible_and_contain_the_value() -> None:
    table = {str(task): [task < 5, True, False] for task in range(10)}
    interval = bootstrap_interval(table, average)
    assert interval == bootstrap_interval(table, average)
    assert interval.low < interval.value < interval.high
