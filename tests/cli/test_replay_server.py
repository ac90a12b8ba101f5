"""``codesteer replay --graph-url``: fork a run on a deployed server."""

import json
from pathlib import Path
from typing import Any

import pytest
from langgraph_sdk import get_sync_client
from tests.cli.test_solve import QUESTION, SOLVE, TEST
from tests.support.dev_server import dev_server
from tests.support.endpoint import serve
from tests.support.terminal import Terminal

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(180)]
TEXT_ANSWER = "It is about fifty. <<<50>>>"


def test_a_run_is_forked_on_the_server(terminal: Terminal, tmp_path: Path) -> None:
    with dev_server(tmp_path) as url, serve(SOLVE, TEST, TEXT_ANSWER, TEST) as endpoint:
        with get_sync_client(url=url) as client:
            thread: Any = client.threads.create()
            context: Any = {"task_model": f"{endpoint.url}#m", "max_turns": 1}
            question: Any = {"messages": [{"role": "user", "content": QUESTION}]}
            client.runs.wait(thread["thread_id"], "codesteer", input=question, context=context)
        command = ["replay", thread["thread_id"], "--turn", "1", "--mode", "text", "--graph-url", url]
        status, out, err = terminal.run(*command, "--expected", "42", "--pairs", "pairs.jsonl", "--json")
        assert status == 0, err
        unknown_thread = terminal.run("replay", "0" * 32, *command[2:])
        unknown_graph = terminal.run(*command[:-1], f"{url}#nonsense")
    shown = json.loads(out)
    assert (shown["original"]["answer"], shown["replay"]["answer"]) == ("42", "50")
    assert (tmp_path / "pairs.jsonl").exists()
    assert (unknown_thread[0], "has no run on thread" in unknown_thread[2]) == (2, True)
    assert (unknown_graph[0], len(unknown_graph[2].strip().splitlines())) == (1, 1), unknown_graph[2]


def test_an_unreachable_server_is_a_one_line_error(terminal: Terminal) -> None:
    thread = "00000000-0000-4000-8000-000000000000"
    command = ["replay", thread, "--turn", "1", "--mode", "text", "--graph-url", "http://127.0.0.1:9"]
    status, out, err = terminal.run(*command)
    assert (status, "the LangGraph server at http://127.0.0.1:9 cannot be reached" in err) == (1, True)
    assert "Traceback" not in out + err
