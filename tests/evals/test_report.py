"""The report is complete and self-contained, and escapes model text."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import pi, sqrt
from pathlib import Path
from typing import Any

import pytest
from tests.support.browser import needs_chromium, shown
from tests.support.results import result, turn

from codesteer.errors import ConfigurationError
from codesteer.evals.plan import new_plan, save_plan
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
from codesteer.evals.report.content import Content, build_content
from codesteer.evals.report.headline import headline
from codesteer.evals.report.markdown import markdown
from codesteer.evals.report.page import page
from codesteer.evals.report.run import Run
from codesteer.evals.results import RESULTS_FILE, Result, TranscriptMessage, read_results, store_results
from codesteer.evals.selection import ItemSelection
from codesteer.models.usage import Usage

PLAN = new_plan(methods=("code", "steer:rules"), model="m", selection=ItemSelection(), samples=2)
EVIL = "<script>alert(1)</script>"
RESULTS = [
    result(
        "code",
        "letters",
        "1",
        solved=True,
        level=1,
        transcript=(TranscriptMessage(role="assistant", text=EVIL),),
    ),
    result("code", "game24", "1", solved=False, level=2, reason=EVIL),
    result("steer:rules", "letters", "1", solved=True, level=1),
    result("steer:rules", "game24", "1", solved=True, level=2),
]


@pytest.fixture(scope="module")
def html() -> str:
    return page(build_content([Run(PLAN, RESULTS)]))


def test_the_page_is_self_contained(html: str) -> None:
    assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//""", html)
    assert 'content="default-src &#39;none&#39;;' in html
    assert html.count("<script") == 1
    assert html.count("<svg") == 4


def test_model_text_is_escaped(html: str) -> None:
    assert EVIL not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 2


def test_the_page_follows_the_readers_colours(html: str) -> None:
    assert "prefers-color-scheme: dark" in html
    assert 'fill="currentColor"' in html
    assert 'name="viewport"' in html


def test_the_page_shows_every_transcript(html: str) -> None:
    for one in RESULTS:
        assert html.count(one.item) >= 2
    assert "How many?" in html


def test_markdown_has_the_same_numbers() -> None:
    text = markdown(build_content([Run(PLAN, RESULTS)]))
    assert "| `steer:rules` | 2 | 100.0 % (34 to 100) |" in text
    assert "`steer:rules` over `code` | 2 | 1 : 0 | +50.0" in text
    assert "| letters | 100 % | 100 % | 12 % | 100 % | 89 % | 96 % |" in text


def test_attempts_selection_and_budgets_are_shown() -> None:
    run = RunRecord(
        outcome="budget_spent",
        answer="1",
        turns=(turn(), turn()),
        usage={"task": Usage(calls=2, input_tokens=100, output_tokens=50)},
        tokens_allowed=140,
    )
    vote = result("vote:tokens", "letters", "1", solved=False, run=run, turns_right=(False, True))
    content = build_content([Run(PLAN, [*RESULTS, vote])])
    text, html = markdown(content), page(content)
    assert "| `code` | 1.0 | 50.0 % (9 to 91) |  |  | 50.0 | 150 |  | 2.5 |" in text
    row = ["2.0", "0.0 % (0 to 79)", "100.0 % (21 to 100)", "100.0", "0.0", "150", "140", "0.0"]
    assert f"| `vote:tokens` | {' | '.join(row)} |" in text
    assert f"<td>{'<td>'.join(row)}" in html
    assert "hollow: pass@k" in html


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


@needs_chromium
def test_a_click_on_a_header_sorts_the_table(html: str, tmp_path: Path) -> None:
    heads = "document.querySelector('table').tHead.rows[0].cells"
    seen = shown(html, tmp_path, f"{heads}[2].querySelector('button').click()")
    assert rows(seen) == ["steer:rules", "code"]
    assert seen.count('<th aria-sort="descending"><button type="button">solved (95&nbsp;%)') == 1
    twice = f"for (const n of [2, 0, 0]) {heads}[n].querySelector('button').click()"
    seen = shown(html, tmp_path, twice)
    assert rows(seen) == ["steer:rules", "code"]
    assert seen.count('aria-sort="') == 1


def rows(html: str) -> list[str]:
    """The methods of the first table, from above."""
    body = html[html.index("<tbody>") : html.index("</tbody>")]
    return re.findall(r"<tr><td><code>(.*?)</code>", body)


def test_without_a_script_tables_are_plain_and_in_the_order_of_the_run(html: str) -> None:
    assert rows(html) == ["code", "steer:rules"]
    assert "<th>solved (95&nbsp;%)<th>" in html


@needs_chromium
def test_arrow_keys_go_from_point_to_point(html: str, tmp_path: Path) -> None:
    press = "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true}))"
    seen = shown(html, tmp_path, f"document.querySelector('svg [tabindex=\"0\"]').focus(); {press}")
    assert re.search(r'<div class="tip" aria-hidden="true"[^>]*>steer:rules: solved 100.0 %', seen)
    assert seen.count(' tabindex="0"') == 4, "one stop of the tab key for each chart"


@needs_chromium
def test_the_policy_allows_the_own_script_and_no_other(html: str, tmp_path: Path) -> None:
    evil = html.replace("<main>", "<script>document.title = 'evil'</script><main onclick='1'>")
    seen = shown(evil, tmp_path)
    assert "<title>codesteer: comparison of methods</title>" in seen
    assert '<button type="button">method' in seen


def test_models_are_distinguished() -> None:
    other = result("code", "letters", "1", solved=False, model="n")
    content = build_content([Run(PLAN, [*RESULTS, other])])
    assert "code · n" in content.methods
    assert "code · m" in content.methods


FIVE, ONE = PLAN, replace(PLAN, max_turns=1)


def answered(*items: int, solved: bool) -> list[Result]:
    return [result("steer:rules", "letters", str(item), solved=solved) for item in items]


def test_settings_are_distinguished() -> None:
    content = build_content([Run(ONE, answered(1, 2, solved=False)), Run(FIVE, answered(1, 2, solved=True))])
    assert content.methods == ["steer:rules · max turns 1", "steer:rules · max turns 5"]
    assert [(line.problems, line.strict.value) for line in content.summaries] == [(2, 0.0), (2, 1.0)]
    (pair,) = content.paired
    assert (pair.problems, pair.wins, pair.losses) == (2, 0, 2)
    text = markdown(content)
    assert "at most 1 turns, up to 2 at once or temperature 0, at most 5 turns" in text
    assert "steer:rules · max turns 5" in page(content)


def test_a_run_counts_once() -> None:
    run = Run(FIVE, answered(1, 2, solved=True))
    assert build_content([run, run]).summaries == build_content([run]).summaries
    again = Run(FIVE, [replace(one, strict="error") for one in run.results])
    assert build_content([run, again]).errors == []


def test_runs_of_other_items_are_one_method() -> None:
    official = ItemSelection(source="official", official=Path("here"))
    plans = [replace(PLAN, selection=official, first=first, samples=1) for first in (3, 4, 5)]
    plans.append(replace(PLAN, selection=ItemSelection(tasks=("letters",), seed=7), concurrency=8))
    runs = [Run(plan, answered(number, solved=True)) for number, plan in enumerate(plans)]
    content = build_content(runs)
    assert content.methods == ["steer:rules"]
    assert (content.problems, content.summaries[0].problems) == (4, 4)
    assert "4 official and test items of 1 tasks, seed 7;" in markdown(content)


def of_model(model: str, *, solved: bool, **fields: Any) -> Run:
    plan = replace(PLAN, model=model, **fields)
    return Run(plan, [replace(one, model="codesteer/m") for one in answered(1, 2, solved=solved)])


FILE = "models/m.gguf"


@pytest.mark.parametrize(
    ("one", "other", "named"),
    [
        (
            of_model("http://h:1/v1#m", solved=True),
            of_model("http://h:2/v1#m", solved=False),
            ["http://h:1/v1#m", "http://h:2/v1#m"],
        ),
        (
            of_model("q4/m.gguf", solved=True),
            of_model("q8/m.gguf", solved=False),
            ["q4/m.gguf", "q8/m.gguf"],
        ),
        (
            of_model(FILE, solved=True, model_files={FILE: "1234567890"}),
            of_model(FILE, solved=False, model_files={FILE: "0987654321"}),
            [f"{FILE} (12345678)", f"{FILE} (09876543)"],
        ),
        (
            of_model(FILE, solved=True, model_files={FILE: "1234567890+1111111111"}),
            of_model(FILE, solved=False, model_files={FILE: "1234567890+2222222222"}),
            [f"{FILE} (12345678+11111111)", f"{FILE} (12345678+22222222)"],
        ),
    ],
)
def test_models_of_one_name_are_not_mixed(one: Run, other: Run, named: list[str]) -> None:
    content = build_content([one, other])
    assert content.methods == [f"steer:rules · {name}" for name in named]
    assert [line.strict.value for line in content.summaries] == [1.0, 0.0]
    assert content.models == sorted(named)
    (pair,) = content.paired
    assert (pair.problems, pair.wins) == (2, 2)


def test_a_copy_of_a_file_is_the_same_model() -> None:
    runs = [of_model(name, solved=True, model_files={name: "1234"}) for name in ("a/m.gguf", "b/m.gguf")]
    assert build_content(runs).methods == ["steer:rules"]


def test_a_guide_whose_file_was_replaced_is_another_method() -> None:
    method = "steer:g.gguf"
    results = [replace(one, method=method) for one in answered(1, solved=True)]
    plans = [
        replace(PLAN, methods=(method,), model_files={"g.gguf": digest}) for digest in ("1" * 9, "2" * 9)
    ]
    names = build_content([Run(plan, results) for plan in plans]).methods
    assert names == [f"{method} · guide file 11111111", f"{method} · guide file 22222222"]


def test_runs_of_other_official_data_are_not_combined() -> None:
    plans = [replace(PLAN, items={"letters/1": digest}) for digest in ("a", "b")]
    with pytest.raises(ConfigurationError, match="different items as letters/1"):
        build_content([Run(plan, answered(1, solved=True)) for plan in plans])


def test_models_and_settings_are_distinguished_together() -> None:
    other = [replace(one, model="n") for one in answered(1, solved=True)]
    content = build_content([Run(FIVE, answered(1, solved=True)), Run(replace(FIVE, max_tokens=9), other)])
    assert content.methods == ["steer:rules · no max tokens · m", "steer:rules · max tokens 9 · n"]


def test_the_order_of_a_runs_methods_is_kept() -> None:
    runs = [Run(plan, list(reversed(RESULTS))) for plan in (ONE, FIVE)]
    names = [f"{method} · max turns {turns}" for method in ("code", "steer:rules") for turns in (1, 5)]
    assert build_content(runs).methods == names


def test_a_server_sets_the_temperature() -> None:
    served = replace(PLAN, temperature=None, graph_url="http://127.0.0.1:9")
    assert "; the server's temperature, at most 5 turns" in markdown(build_content([Run(served, RESULTS)]))


def test_points_that_would_cover_each_other_are_side_by_side() -> None:
    points = [(1000.0, 0.2), (1000.0, 0.2), (1003.0, 0.201), (1000.0, 0.9), (10.0, 0.2)]
    moved = side_by_side(points)
    assert moved[0] == 1000.0
    assert moved[3:] == [1000.0, 10.0]
    assert moved[1] - moved[0] >= 15
    assert moved[2] - moved[1] >= 15
    assert side_by_side([]) == []
    assert side_by_side([(0.0, 0.0)] * 2) == [0.0, 0.0], "nothing to measure a width by"


def test_the_report_opens_with_what_was_found(html: str) -> None:
    text = "steer:rules solved most: 100.0 % (34 to 100) of 2 problems, at 150 tokens each. "
    assert text in html
    assert html.index(text) < html.index("<svg") < html.index("What the figures mean") < html.index("<table")
    assert "steer:rules minus code, paired: +" in html
    assert text in markdown(build_content([Run(PLAN, RESULTS)]))


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


def test_the_pareto_front_is_undominated() -> None:
    assert pareto_front([(3, 0.5), (1, 0.2), (2, 0.1), (4, 0.5), (1, 0.1)]) == [(1, 0.2), (3, 0.5)]


def test_stored_results_are_read_back_and_reproducible(tmp_path: Path) -> None:
    save_plan(PLAN, tmp_path)
    with pytest.raises(ConfigurationError, match="no results yet"):
        read_results(tmp_path)
    store_results(RESULTS, tmp_path / RESULTS_FILE)
    first = (tmp_path / RESULTS_FILE).read_bytes()
    assert read_results(tmp_path) == RESULTS
    store_results(read_results(tmp_path), tmp_path / RESULTS_FILE)
    assert (tmp_path / RESULTS_FILE).read_bytes() == first


def test_a_corrupt_file_is_named(tmp_path: Path) -> None:
    import gzip

    save_plan(PLAN, tmp_path)
    (tmp_path / RESULTS_FILE).write_bytes(gzip.compress(json.dumps({"method": "x"}).encode()))
    with pytest.raises(ConfigurationError, match=r"results\.jsonl\.gz:1: not a valid result"):
        read_results(tmp_path)
    (tmp_path / RESULTS_FILE).write_bytes(b"no gzip")
    with pytest.raises(ConfigurationError, match="cannot read"):
        read_results(tmp_path)


@pytest.mark.parametrize("place", [0.1, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("how", ["cut", "flip"])
def test_damaged_results_are_named(place: float, how: str, tmp_path: Path) -> None:
    save_plan(PLAN, tmp_path)
    store_results([replace(RESULTS[0], item=f"letters/{n}") for n in range(100)], tmp_path / RESULTS_FILE)
    whole = (tmp_path / RESULTS_FILE).read_bytes()
    at = max(12, int(place * len(whole)))
    damaged = whole[:at] if how == "cut" else whole[:at] + bytes(255 ^ byte for byte in whole[at:])
    (tmp_path / RESULTS_FILE).write_bytes(damaged)
    with pytest.raises(ConfigurationError, match=r"results\.jsonl\.gz"):
        read_results(tmp_path)
