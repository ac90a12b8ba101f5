"""What the pages show is true: every Python block runs, every command and option exists, links lead somewhere."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.endpoint import Endpoint, serve
from tests.support.models import code
from typer.main import get_command

from codesteer.cli.app import app
from codesteer.models.resolve import resolve_model

ROOT = Path(__file__).parents[1]
PAGES = ("embedding", "replay", "deployment")
TEXTS = {page: (ROOT / f"docs/{page}.md").read_text(encoding="utf-8") for page in PAGES}
SOLVE = code("print(sum(all(n % d for d in range(2, 45)) for n in range(1000, 2000)))")
TEST = code("print('CONFIRMED' if int(ANSWER) > 100 else 'REFUTED: too few')")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXTS[page], re.DOTALL)


PYTHON = [(page, number) for page in PAGES for number in range(len(blocks(page, "python")))]
EXPECTED = {
    ("embedding", 0): r"135 returned 1\n50",
    ("embedding", 1): r"turn 1: code .*\n(.*\n)*turn 2: return .*\n135",
    ("embedding", 2): r"136",
    ("embedding", 3): r"string 135",
    ("embedding", 4): r"135 1",
    ("embedding", 5): r"\['check_answer', 'check_code', 'execute', 'finish', 'generate', 'guide'\]",
    ("replay", 0): r"135 135 returned 50\nNone",
    ("deployment", 0): r"",
}


@pytest.fixture
def endpoint(socket_enabled: None) -> Iterator[Endpoint]:
    def answer(request: dict[str, Any]) -> str:
        return TEST if "Proposed answer" in request["messages"][0]["content"] else SOLVE

    resolve_model.cache_clear()
    with serve(answer) as opened:
        yield opened


@pytest.mark.parametrize(("page", "number"), PYTHON)
def test_every_python_block_runs(
    page: str, number: int, endpoint: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    block = blocks(page, "python")[number].replace('"local"', f'"{endpoint.url}#m"')
    exec(compile(block, f"{page}.md", "exec"), {"__name__": "page"})
    assert re.fullmatch(EXPECTED[page, number], capsys.readouterr().out.strip())


def commands() -> list[str]:
    lines = [line for page in PAGES for block in blocks(page, "bash") for line in block.splitlines()]
    return [line.partition(" #")[0].strip() for line in lines if line.startswith("codesteer ")]


@pytest.mark.parametrize("line", commands())
def test_every_command_and_its_options_exist(line: str) -> None:
    _, name, *words = line.split()
    command: Any = get_command(app)
    options = {option for parameter in command.commands[name].params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", TEXTS[page]) if "://" not in link]
    assert all((ROOT / "docs" / link).exists() for link in links)
