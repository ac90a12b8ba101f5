"""The headline says what was found, and no more than the figures show."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from tests.support.results import PLAN, RESULTS, result

from codesteer.evals.report.content import Content, build_content
from codesteer.evals.report.headline import headline
from codesteer.evals.report.markdown import markdown
from codesteer.evals.report.page import page
from codesteer.evals.report.run import Run


def test_one_method_has_a_headline_without_a_comparison() -> None:
    content = build_content([Run(PLAN, [one for one in RESULTS if one.method == "code"])])
    assert headline(content.summaries, content.paired).startswith("code solved this share: 50.0 %")


def test_an_unfinished_method_is_not_the_best() -> None:
    results = [one for one in RESULTS if (one.method, one.task) != ("steer:rules", "game24")]
    content = build_content([Run(PLAN, results)])
    assert headline(content.summaries, content.paired).startswith("code solved this share: 50.0 %")


def test_ties_are_named() -> None:
    twice = [replace(one, method=name) for one in RESULTS[:2] for name in ("code", "text")]
    content = build_content([Run(PLAN, twice)])
    found = headline(content.summaries, content.paired)
    assert found.startswith("code and text solved most: 50.0 %")
    assert "2 problems are too few to tell them apart" in found


def outside(solved: int, items: int, *tasks: str) -> Content:
    results = [
        result(method, task, str(item), solved=method == "steer:rules" and item < solved)
        for method in ("steer:rules", "code")
        for task in tasks
        for item in range(items)
    ]
    return build_content([Run(PLAN, results)])


def test_one_problem_is_too_few() -> None:
    content = outside(1, 1, "letters")
    found = headline(content.summaries, content.paired)
    assert found.endswith("paired: +100.0 normalised points; 1 problem is too few to tell them apart.")
    assert "| `steer:rules` over `code` | 1 | 1 : 0 | +100.0 | +100.0 |" in markdown(content)


@pytest.mark.parametrize("tasks", [["rg:a"], ["rg:a", "letters"]])
def test_the_headline_compares_rates_where_a_task_has_no_normalised_score(tasks: Sequence[str]) -> None:
    content = outside(45, 50, *tasks)
    found = headline(content.summaries, content.paired)
    assert re.search(
        r"paired: \+90\.0 \(\S+ to \S+\) points of solved \(mean of tasks\); more than chance", found
    )


def test_no_score_is_a_dash() -> None:
    content = outside(1, 2, "rg:a")
    text, html = markdown(content), page(content)
    assert re.search(r"\| `steer:rules` \| 2 \| 50\.0 % \(.*?\) \| 50 % \| – \| 100\.0 \|", text)
    assert re.search(r"`steer:rules` over `code` \| 2 \| 1 : 0 \| \+50.0 \(.*?\) \| – \|", text)
    assert "<td>50 %<td>–<td>–<td>100.0" in html
