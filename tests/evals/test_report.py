"""The report is whole, needs nothing but itself, and shows model text as text."""

import json
import re
from pathlib import Path

import pytest
from tests.support.results import result

from codesteer.errors import ConfigurationError
from codesteer.evals.items import Selection
from codesteer.evals.plan import admit, stamped
from codesteer.evals.report.charts import front
from codesteer.evals.report.content import content_of
from codesteer.evals.report.markdown import markdown
from codesteer.evals.report.page import page
from codesteer.evals.results import STORED, Said, read_results, store_results

PLAN = stamped(methods=("code", "steer:rules"), model="m", selection=Selection(), samples=2)
EVIL = "<script>alert(1)</script>"
RESULTS = [
    result("code", "letters", "1", solved=True, level=1, transcript=(Said(role="assistant", text=EVIL),)),
    result("code", "game24", "1", solved=False, level=2, reason=EVIL),
    result("steer:rules", "letters", "1", solved=True, level=1),
    result("steer:rules", "game24", "1", solved=True, level=2),
]


@pytest.fixture(scope="module")
def html() -> str:
    return page(content_of([PLAN], RESULTS))


def test_the_page_needs_nothing_but_itself(html: str) -> None:
    assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//""", html)
    assert "<script" not in html
    assert html.count("<svg") == 4


def test_model_text_is_text(html: str) -> None:
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


def test_markdown_holds_the_same_figures() -> None:
    text = markdown(content_of([PLAN], RESULTS))
    assert "| `steer:rules` | 2 | 100.0 % (34 to 100) |" in text
    assert "`steer:rules` over `code` | 2 | 1 : 0 | +50.0" in text
    assert "| letters | 100 % | 100 % | 12 % | 100 % | 89 % | 96 % |" in text


def test_models_are_told_apart() -> None:
    other = result("code", "letters", "1", solved=False, model="n")
    content = content_of([PLAN], [*RESULTS, other])
    assert "code · n" in content.methods
    assert "code · m" in content.methods


def test_the_front_holds_what_nothing_beats() -> None:
    assert front([(3, 0.5), (1, 0.2), (2, 0.1), (4, 0.5), (1, 0.1)]) == [(1, 0.2), (3, 0.5)]


def test_stored_results_are_read_back_and_reproducible(tmp_path: Path) -> None:
    admit(PLAN, tmp_path)
    with pytest.raises(ConfigurationError, match="no results yet"):
        read_results(tmp_path)
    store_results(RESULTS, tmp_path / STORED)
    first = (tmp_path / STORED).read_bytes()
    assert read_results(tmp_path) == RESULTS
    store_results(read_results(tmp_path), tmp_path / STORED)
    assert (tmp_path / STORED).read_bytes() == first


def test_a_spoilt_file_is_named(tmp_path: Path) -> None:
    import gzip

    admit(PLAN, tmp_path)
    (tmp_path / STORED).write_bytes(gzip.compress(json.dumps({"method": "x"}).encode()))
    with pytest.raises(ConfigurationError, match=r"results\.jsonl\.gz:1: not a result"):
        read_results(tmp_path)
    (tmp_path / STORED).write_bytes(b"no gzip")
    with pytest.raises(ConfigurationError, match="cannot read"):
        read_results(tmp_path)
