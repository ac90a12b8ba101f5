"""The charts fill the page, no mark covers another, and each says its values."""

import re
from dataclasses import replace
from itertools import pairwise
from math import pi, sqrt

import pytest
from tests.support.results import PLAN, RESULTS, result, turn

from codesteer.evals.record import RunRecord
from codesteer.evals.report.charts import (
    PALETTE,
    SHAPES,
    TASK_MARK_SIZE,
    WIDTH,
    difficulty,
    pareto_front,
    side_by_side,
    tasks,
)
from codesteer.evals.report.content import build_content
from codesteer.evals.report.page import page
from codesteer.evals.report.run import Run


@pytest.mark.parametrize("methods", [1, 9])
def test_charts_fill_the_page_and_every_point_is_visible(methods: int) -> None:
    names = [f"method{number}" for number in range(methods)]
    results = [
        result(name, task, "1", solved=True, level=level)
        for name in names
        for level, task in enumerate(("letters", "game24"), 1)
    ]
    html = page(build_content([Run(replace(PLAN, methods=tuple(names)), results)]))
    widths = [int(width) for width in re.findall(r'<svg[^>]* width="(\d+)"', html)]
    assert widths == [WIDTH] * 4
    assert "stroke" not in SHAPES, "a stroke has no area to fill"
    assert len({(PALETTE[n % len(PALETTE)], SHAPES[n % len(SHAPES)]) for n in range(20)}) == 20


def marks(html: str, chart: str) -> list[str]:
    """The texts of a chart's points or cells."""
    (svg,) = re.findall(rf'<svg role="group" aria-label="{chart}".*?</svg>', html, re.DOTALL)
    labels = re.findall(
        r'aria-label="([^"]*)" role="graphics-symbol" aria-roledescription="(?!axis|legend)', svg
    )
    titles = re.findall(r"<title>(.*?)</title>", svg)
    assert titles == labels
    return sorted(titles)


def test_every_point_and_cell_says_its_values() -> None:
    run = RunRecord(outcome="returned", answer="1", turns=(turn(), turn()))
    vote = [
        result("vote:2", name, "1", solved=False, level=level, run=run, turns_right=(True, False))
        for level, name in enumerate(("letters", "game24"), 1)
    ]
    html = page(build_content([Run(PLAN, [*RESULTS, *vote])]))
    assert marks(html, "Problems solved and tokens per problem") == [
        "code: solved 50.0 % (9 to 91) of 2 problems, 150 tokens per problem",
        "steer:rules: solved 100.0 % (34 to 100) of 2 problems, 150 tokens per problem",
        "vote:2: pass@k 100.0 % (34 to 100), 0 tokens per problem",
        "vote:2: solved 0.0 % (0 to 66) of 2 problems, 0 tokens per problem",
    ]
    by_level = marks(html, "Problems solved by level")
    assert (len(by_level), by_level[0]) == (6, "code, level 1: solved 1 of 1, 100.0 % (21 to 100)")
    by_task = marks(html, "Problems solved by task")
    assert (len(by_task), by_task[0]) == (6, "game24, code: solved 0.0 % (0 to 79)")
    programs = marks(html, "Replies that are programs, by task and method")
    assert (len(programs), programs[0]) == (6, "game24, code: 100 % of the replies are programs")


def test_a_name_in_a_chart_is_escaped() -> None:
    name = """<b title='"'>&"""
    html = page(build_content([Run(PLAN, [replace(one, method=name) for one in RESULTS[:2]])]))
    assert "<b " not in html
    assert "<title>&lt;b title='&quot;'&gt;&amp;, level 1: solved 1 of 1" in html


def test_lines_with_the_same_values_are_side_by_side() -> None:
    results = [
        result(name, task, "1", solved=True, level=level)
        for name in ("code", "text")
        for level, task in enumerate(("letters", "game24"), 1)
    ]
    chart = difficulty(build_content([Run(PLAN, results)]).levels, ["code", "text"])
    places = re.findall(r'aria-roledescription="point" transform="translate\(([\d.]+),', chart)
    assert len(set(places)) == 4


@pytest.mark.parametrize("methods", [2, 9])
def test_methods_that_solved_the_same_tasks_do_not_cover_each_other(methods: int) -> None:
    names = [f"method{number}" for number in range(methods)]
    content = build_content([Run(PLAN, [result(name, "letters", "1", solved=True) for name in names])])
    chart = tasks(content.rates, names)
    place = re.compile(r'aria-roledescription="point" transform="translate\([\d.]+,([\d.]+)\)')
    places = sorted(float(y) for y in place.findall(chart))
    assert len(places) == methods
    assert min(b - a for a, b in pairwise(places)) > 2 * sqrt(TASK_MARK_SIZE / pi)


def test_points_that_would_cover_each_other_are_side_by_side() -> None:
    points = [(1000.0, 0.2), (1000.0, 0.2), (1003.0, 0.201), (1000.0, 0.9), (10.0, 0.2)]
    moved = side_by_side(points)
    assert moved[0] == 1000.0
    assert moved[3:] == [1000.0, 10.0]
    assert moved[1] - moved[0] >= 15
    assert moved[2] - moved[1] >= 15
    assert side_by_side([]) == []
    assert side_by_side([(0.0, 0.0)] * 2) == [0.0, 0.0], "nothing to measure a width by"


def test_the_pareto_front_is_undominated() -> None:
    assert pareto_front([(3, 0.5), (1, 0.2), (2, 0.1), (4, 0.5), (1, 0.1)]) == [(1, 0.2), (3, 0.5)]
