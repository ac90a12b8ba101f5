"""What the page on deployment shows works with a server: RemoteGraph and the SDK."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from tests.server.test_dev_server import SOLVE, TEST
from tests.support.endpoint import serve
from tests.support.pages import blocks

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(180)]
QUESTION = "What is 6 * 7? Return it as <<<number>>>."


@pytest.fixture
def shown(server: str) -> Iterator[dict[str, Any]]:
    """The names that the page's blocks define, with the server's address in place of the page's."""
    names: dict[str, Any] = {}
    for block in blocks("deployment", "python"):
        exec(compile(block.replace("http://127.0.0.1:2024", server), "deployment.md", "exec"), names)
    yield names
    names["graph"].sync_client.http.client.close()


def test_remote_graph(shown: dict[str, Any]) -> None:
    with serve(SOLVE, TEST) as endpoint:
        assert shown["solve"](QUESTION, task_model=f"{endpoint.url}#m", max_turns=2) == "42"


def test_the_sdk(shown: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    with serve(SOLVE, TEST) as endpoint:
        answer = asyncio.run(
            shown["solve_with_progress"](QUESTION, task_model=f"{endpoint.url}#m", candidates=1)
        )
    assert answer == "42"
    assert capsys.readouterr().out.split()[0::9] == ["guiding", "finished"]
