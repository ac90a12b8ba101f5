"""``codesteer replay --graph-url``: a run that a deployed server keeps, forked from the command line."""

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
WORDS = "It is about fifty. <<<50>>>"


def test_a_run_is_forked_there(terminal: Terminal, tmp_path: Path) -> None:
    with dev_server(tmp_path) as url, serve(SOLVE, TEST, WORDS, TEST) as endpoint:
        with get_sync_client(url=url) as client:
            thread: Any = client.threads.create()
            context: Any = {"task_model": f"{endpoint.url}#m", "max_turns": 1}
            question: Any = {"messages": [{"role": "user", "content": QUESTION}]}
            client.runs.wait(thread["thread_id"], "codesteer", input=question, context=context)
        command = ["replay", thread["thread_id"], "--turn", "1", "--mode", "text", "--graph-url", url]
        status, out, err = terminal.run(*command, "--expected", "42", "--pairs", "pairs.jsonl", "--json")
        assert status == 0, err
        unknown = terminal.run("replay", "0" * 32, *command[2:])
        nowhere = terminal.run(*command[:-1], f"{url}#nonsense")
    shown = json.loads(out)
    assert (shown["original"]["answer"], shown["replay"]["answer"]) == ("42", "50")
    assert (tmp_path / "pairs.jsonl").exists()
    assert (unknown[0], "keeps no run on a thread" in unknown[2]) == (2, True)
    assert (nowhere[0], len(nowhere[2].strip().splitlines())) == (1, 1), nowhere[2]


def test_a_server_that_is_away_is_one_line(terminal: Terminal) -> None:
    thread = "00000000-0000-4000-8000-000000000000"
    command = ["replay", thread, "--turn", "1", "--mode", "text", "--graph-url", "http://127.0.0.1:9"]
    status, out, err = terminal.run(*command)
    assert (status, "the LangGraph server at http://127.0.0.1:9 cannot be reached" in err) == (1, True)
    assert "Traceback" not in out + err
