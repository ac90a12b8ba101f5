"""Steering on a deployed server gives the local results, and failures are never answers."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from langgraph_sdk import get_sync_client
from tests.evals.test_runner import TASKS, command
from tests.support.dev_server import dev_server, free_port
from tests.support.endpoint import serve
from tests.support.models import check, code

from codesteer.evals.plan import read_plan
from codesteer.evals.record import RunRecord
from codesteer.evals.results import Result, read_results

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(400)]
METHODS = "steer:rules,steer-no-checks:rules"
WRONG = code("result = 6 * 7\nprint('<<<' + str(result) + '>>>')")
REFUTED = check("int(answer) == 6 * 7 + 1", "sum")
WORDS = "Thinking it over, it is one more. <<<43>>>"


def answer(request: dict[str, Any]) -> str:
    """The checker refutes the first answer; the second one stands."""
    messages = request["messages"]
    if "def is_correct" in str(messages[0]["content"]):
        return REFUTED
    return WRONG if len(messages) == 1 else WORDS


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with dev_server(tmp_path_factory.mktemp("server")) as url:
        yield url


def timeless(record: RunRecord | None) -> RunRecord:
    assert record is not None
    usage = {role: replace(used, seconds=0.0) for role, used in record.usage.items()}
    return replace(record, usage=usage, model_seconds=0.0, sandbox_seconds=0.0)


def comparable(results: list[Result]) -> list[Result]:
    plain = [replace(result, model="", run=timeless(result.run)) for result in results]
    return sorted(plain, key=lambda result: (result.method, result.item))


def test_a_server_gives_the_results_that_the_local_graph_gives(server: str, tmp_path: Path) -> None:
    with serve(answer) as endpoint:
        here = command(endpoint.url, tmp_path / "here", "--methods", METHODS)
        there = command(endpoint.url, tmp_path / "there", "--methods", METHODS, "--graph-url", server)
        asked = len(endpoint.requests)
        again = command(endpoint.url, tmp_path / "there", "--methods", METHODS, "--graph-url", server)
        assert len(endpoint.requests) == asked
    assert (here.returncode, there.returncode, again.returncode) == (0, 0, 0), there.stderr
    local, served = read_results(tmp_path / "here"), read_results(tmp_path / "there")
    assert len(local) == len(METHODS.split(",")) * len(TASKS.split(","))
    assert comparable(served) == comparable(local)
    checked = next(r for r in served if r.method == "steer:rules")
    assert checked.run is not None
    assert [turn.verdict for turn in checked.run.turns] == ["refuted", "confirmed"]
    assert checked.run.model_seconds > 0
    assert {result.model for result in served} == {f"served/{endpoint.url}#m"}
    plan = read_plan(tmp_path / "there")
    assert (plan.graph_url, plan.temperature) == (server, None)


def test_an_assistants_own_settings_change_nothing(server: str, tmp_path: Path) -> None:
    with get_sync_client(url=server) as client:
        own: Any = {"check_answer": False, "max_turns": 1, "code_prompt": "Write Fortran."}
        assistant: Any = client.assistants.create("codesteer", context=own)
    with serve(answer) as endpoint:
        options = ("--tasks", "number_multiply", "--graph-url", f"{server}#{assistant['assistant_id']}")
        assert command(endpoint.url, tmp_path, "--methods", "steer:rules", *options).returncode == 0
        assert not any("Fortran" in str(request) for request in endpoint.requests)
    (only,) = read_results(tmp_path)
    assert only.run is not None
    assert [turn.verdict for turn in only.run.turns] == ["refuted", "confirmed"]


def test_a_folder_holds_runs_of_one_server_only(server: str, tmp_path: Path) -> None:
    with serve(answer) as endpoint:
        assert command(endpoint.url, tmp_path, "--methods", "steer:rules").returncode == 0
        other = command(endpoint.url, tmp_path, "--methods", "steer:rules", "--graph-url", server)
    assert (other.returncode, "holds another run" in other.stderr) == (2, True)


def test_errors_are_not_scored_and_the_next_run_retries_them(server: str, tmp_path: Path) -> None:
    options = ("--methods", "steer:rules", "--graph-url", server)
    with serve((400, {"error": {"message": "no such thing"}})) as endpoint:
        failed = command(endpoint.url, tmp_path, *options)
        assert (failed.returncode, "run the command again to resume" in failed.stderr) == (1, True)
        errors = read_results(tmp_path)
        assert [(r.strict, r.scored) for r in errors] == [("error", False)] * 2
        assert all("no such thing" in r.error for r in errors)
        endpoint.answers = [answer]
        assert command(endpoint.url, tmp_path, *options).returncode == 0
    assert all(r.scored for r in read_results(tmp_path))


def test_a_failure_after_the_first_turn_is_not_scored_either(server: str, tmp_path: Path) -> None:
    refused = (400, {"error": {"message": "no such thing"}})
    with serve(WRONG, REFUTED, refused) as endpoint:
        options = ("--methods", "steer:rules", "--graph-url", server, "--tasks", "number_multiply")
        assert command(endpoint.url, tmp_path, *options).returncode == 1
    (only,) = read_results(tmp_path)
    assert (only.strict, "no such thing" in only.error) == ("error", True)


def test_an_overflow_is_an_outcome(server: str, tmp_path: Path) -> None:
    message = "This model's maximum context length is 100 tokens, however you requested 200"
    overflow = (400, {"error": {"message": message, "code": "context_length_exceeded"}})
    with serve(overflow) as endpoint:
        options = ("--methods", "steer:rules", "--graph-url", server, "--tasks", "letters")
        assert command(endpoint.url, tmp_path, *options).returncode == 0
    (only,) = read_results(tmp_path)
    assert only.run is not None
    assert (only.run.outcome, only.strict != "correct") == ("context_overflow", True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--graph-url", "http://127.0.0.1:{closed}"), "cannot be reached: "),
        (("--graph-url", "{server}#nonsense"), "has no graph 'nonsense' (available: codesteer)"),
        (("--graph-url", "localhost:2024"), "is not a server address; write http(s)://host:port"),
        (("--graph-url", "{server}", "--methods", "steer:rules,code"), "not the method 'code'"),
        (("--graph-url", "{server}", "--temperature", "0.5"), "remove --temperature"),
        (("--graph-url", "{server}", "--sandbox", "nonsense"), "unknown sandbox 'nonsense'"),
    ],
)
def test_problems_are_reported_before_the_first_call(
    server: str, options: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    given = [option.format(server=server, closed=free_port()) for option in options]
    with serve(answer) as endpoint:
        refused = command(endpoint.url, tmp_path / "new", "--methods", "steer:rules", *given)
    assert refused.returncode == 2, refused.stderr
    assert message in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
    assert not endpoint.requests
    assert not (tmp_path / "new").exists()
