"""What the README shows is true: the drawing of the graph, the Python example."""

import re
from pathlib import Path
from typing import Any

import pytest
from tests.support.endpoint import serve
from tests.support.models import code

from codesteer.graph.workflow import compile_graph
from codesteer.models.resolve import resolve_model

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found
    return found[1]


def test_the_drawing_is_the_one_that_the_code_draws() -> None:
    assert block("mermaid") == compile_graph().get_graph().draw_mermaid(with_styles=False).expandtabs(4)


@pytest.mark.enable_socket
def test_the_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    resolve_model.cache_clear()
    solve = code("print(sum(all(n % d for d in range(2, 45)) for n in range(1000, 2000)))")
    test = code("print('CONFIRMED' if int(ANSWER) > 100 else 'REFUTED: too few')")
    with serve(solve, test) as endpoint:
        example = block("python").replace('"local"', f'"{endpoint.url}#m"')
        names: dict[str, Any] = {}
        exec(compile(example, "README.md", "exec"), names)
    assert capsys.readouterr().out == "135 returned 1 25\n"


def test_it_is_short() -> None:
    assert len(README.splitlines()) <= 150
