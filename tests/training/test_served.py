"""Trees built on a deployed server equal those built locally."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from tests.support.dev_server import dev_server, free_port
from tests.support.endpoint import serve
from tests.support.terminal import Terminal
from tests.support.training import SETTINGS, selection, worker

from codesteer.errors import ConfigurationError, ServerError
from codesteer.training.questions import draw_questions
from codesteer.training.trajectories import TrajectorySettings, collect_trajectories, read_trees
from codesteer.training.tree import Tree, to_json

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(300)]
CHOSEN = selection(1, "game24", "light_puzzles")
TIMES = {"seconds", "wall_seconds", "cpu_seconds", "peak_memory_bytes"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with dev_server(tmp_path_factory.mktemp("server")) as url:
        yield url


@pytest.fixture
def answers() -> Any:
    """The endpoint's model solves one task in words and the other by programs."""
    able = worker(draw_questions(CHOSEN, {}).items)

    def answer(request: dict[str, Any]) -> str:
        return able.invoke([HumanMessage(message["content"]) for message in request["messages"]]).text

    return answer


def settings(model: str, graph_url: str | None = None) -> TrajectorySettings:
    context = SETTINGS.context.model_copy(update={"task_model": model})
    return SETTINGS.model_copy(update={"context": context, "graph_url": graph_url})


def grown(folder: Path) -> dict[str, Any]:
    return {tree.id: _timeless(json.loads(to_json(tree))) for tree in read_trees(folder)}


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _timeless(part) for key, part in value.items() if key not in TIMES}
    return [_timeless(part) for part in value] if isinstance(value, list) else value


def test_a_server_builds_the_same_trees(server: str, answers: Any, tmp_path: Path) -> None:
    with serve(answers) as endpoint:
        model = f"{endpoint.url}#m"
        here = collect_trajectories(tmp_path / "here", settings(model), CHOSEN)
        asked = len(endpoint.requests)
        there = collect_trajectories(tmp_path / "there", settings(model, server), CHOSEN, parallel=2)
        assert len(endpoint.requests) == 2 * asked
        assert (here.failures, there.failures) == ((), ())
    assert there.counts["correct leaves"] >= 2
    assert grown(tmp_path / "there") == grown(tmp_path / "here")
    assert {name: count for name, count in there.counts.items() if name != "seconds"} == {
        name: count for name, count in here.counts.items() if name != "seconds"
    }


@pytest.mark.slow
def test_a_question_that_failed_on_the_server_is_retried(server: str, answers: Any, tmp_path: Path) -> None:
    with serve((401, {"error": {"message": "key expired"}})) as endpoint:
        wanted = settings(f"{endpoint.url}#m", server)
        with pytest.raises(ServerError, match="key expired"):
            collect_trajectories(tmp_path, wanted, CHOSEN)
        endpoint.answers = [answers]
        grown: list[Tree | None] = []
        again = collect_trajectories(tmp_path, wanted, CHOSEN, progress=grown.append)
    assert (len(grown), again.failures) == (2, ())


def test_an_unreachable_server_is_reported_before_anything_is_written(tmp_path: Path) -> None:
    away = settings("m", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(ConfigurationError, match="cannot be reached"):
        collect_trajectories(tmp_path / "new", away, CHOSEN)
    assert not (tmp_path / "new").exists()


def test_the_command_takes_a_server(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal(monkeypatch, capsys)
    options = ["--task", "game24", "--per-task", "1", "--level", "1", "--no-check-answer", "--max-turns", "2"]
    with serve(lambda _: "I do not know. <<<0>>>") as endpoint:
        models = ["--task-model", f"{endpoint.url}#m", "--graph-url", server]
        status, out, err = terminal.run(
            "train", "trajectories", "--out", str(tmp_path / "t"), *options, *models
        )
    assert status == 0, out + err
    kept = json.loads((tmp_path / "t" / "settings.json").read_text())
    assert kept["graph_url"] == server
    assert endpoint.requests
