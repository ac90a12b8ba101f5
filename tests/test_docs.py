"""The documentation is correct: every Python block runs, and every link has a target."""

import ast
import json
import re
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any, get_args

import pytest
from tests.support.endpoint import Endpoint, serve
from tests.support.models import check, code
from tests.support.pages import PAGES, ROOT, blocks

from codesteer.graph.state import Outcome
from codesteer.graph.workflow import NODES, compile_graph
from codesteer.guides.decision import Action
from codesteer.models.resolve import clear_model_caches

SOLVE = code("print(sum(all(n % d for d in range(2, 45)) for n in range(1000, 2000)))")
OTHER = code("print(len([n for n in range(1000, 2000) if all(n % d for d in range(2, 45))]))")
TEST = check("int(answer) == 135", "too few")
SAMPLE = {"id": "1", "question": "6 times 7?", "answer": {"values": [6, 7], "target": 42}}
PYTHON = [(page, number) for page in PAGES for number in range(len(blocks(page, "python")))]
EXPECTED = {
    ("README", 0): r"135 returned 2 10",
    ("index", 0): r"135 returned\n1 code the question shows signs of computation 5\n2 code .* 5",
    ("embedding", 0): r"135 returned 2\n50",
    ("embedding", 1): r"turn 1: code, 2 candidates .*\n(.*\n)*turn 3: return .*\n135",
    ("embedding", 2): r"135",
    ("embedding", 3): r"136",
    ("embedding", 4): r"compute_answer string\n135",
    ("embedding", 5): r"135 \['code', 'code'\]",
    ("experience", 0): r"135 \[False, False\] 1\n135 \[True, False, False\] [12]",
    ("experience", 1): r"135 1",
    ("embedding", 6): r"\['begin', 'check_answer', .*, 'write_program', 'write_text'\]",
    ("extending", 0): r"135 confirmed",
    ("replay", 0): r"135 135 returned 50\nNone",
    ("deployment", 0): r"",  # called in tests/server/test_shown.py, as the next
    ("deployment", 1): r"",
    ("notebooks", 0): r"print\(sum\(.*\n135",
    (
        "studio",
        0,
    ): r"guiding \ndecided code\ngenerating \n(.*\n)+executed \nguiding \ndecided return\nfinished 135",
    ("symbench", 0): r"correct .*\n\w+",
    ("symbench", 1): r"1 42 \(\)",
}


@pytest.fixture
def endpoint(socket_enabled: None) -> Iterator[Endpoint]:
    programs = cycle((SOLVE, OTHER))

    def answer(request: dict[str, Any]) -> str:
        return TEST if "def is_correct" in request["messages"][0]["content"] else next(programs)

    clear_model_caches()
    with serve(answer) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "samples.jsonl").write_text(json.dumps(SAMPLE))
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("page", "number"), PYTHON)
def test_every_python_block_runs(
    page: str, number: int, endpoint: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    block = blocks(page, "python")[number].replace('"local"', f'"{endpoint.url}#m"')
    exec(compile(block, f"{page}.md", "exec"), {"__name__": "page"})
    assert re.fullmatch(EXPECTED[page, number], capsys.readouterr().out.strip())


@pytest.mark.parametrize("page", ["README", "concepts"])
def test_the_drawing_matches_the_graph(page: str) -> None:
    assert blocks(page, "mermaid") == [
        compile_graph().get_graph().draw_mermaid(with_styles=False).expandtabs(4)
    ]


def first_cells(page: str) -> set[str]:
    """Return the names in the first column of a page's tables."""
    return set(re.findall(r"^\| `(\w+)` \|", PAGES[page], re.MULTILINE))


def test_the_concepts_name_every_node_action_and_outcome() -> None:
    assert first_cells("concepts") == {*NODES, *(action.value for action in Action), *get_args(Outcome)}


def emitted() -> dict[str, set[str]]:
    """Return the events that the nodes and the graph emit, with their details."""
    sources = [
        path.read_text(encoding="utf-8") for room in ("nodes", "graph") for path in (ROOT / room).glob("*.py")
    ]
    calls = [node for text in sources for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    events: dict[str, set[str]] = {}
    for call in calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr == "emit":
            details = {keyword.arg for keyword in call.keywords if keyword.arg}
            events.setdefault(ast.literal_eval(call.args[0]), set()).update(details)
    return events


def test_the_events_match_the_code() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (–|(?:`\w+`(?:, )?)+) \|$", PAGES["studio"], re.MULTILINE)
    assert {event: set(re.findall(r"\w+", details)) for event, details in rows} == emitted()


@pytest.mark.parametrize("page", PAGES)
def test_links_have_targets(page: str) -> None:
    """Check links except those to generated pages below ``reference/``, which tests/test_site.py checks."""
    folder = ROOT if page == "README" else ROOT / "docs"
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", PAGES[page])
    ours = [link for link in links if "://" not in link and not link.startswith("reference/")]
    assert [link for link in ours if not (folder / link).exists()] == []


def test_the_readme_is_short() -> None:
    assert len(PAGES["README"].splitlines()) <= 150
