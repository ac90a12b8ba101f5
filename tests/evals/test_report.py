"""The report is complete and self-contained, and escapes model text."""

import re
from pathlib import Path

import pytest
from tests.support.browser import needs_chromium, shown
from tests.support.results import EVIL, PLAN, RESULTS, result, turn

from codesteer.evals.record import RunRecord
from codesteer.evals.report.content import build_content
from codesteer.evals.report.markdown import markdown
from codesteer.evals.report.page import page
from codesteer.evals.report.run import Run
from codesteer.models.usage import Usage


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


def test_the_report_opens_with_what_was_found(html: str) -> None:
    text = "steer:rules solved most: 100.0 % (34 to 100) of 2 problems, at 150 tokens each. "
    assert text in html
    assert html.index(text) < html.index("<svg") < html.index("What the figures mean") < html.index("<table")
    assert "steer:rules minus code, paired: +" in html
    assert text in markdown(build_content([Run(PLAN, RESULTS)]))
