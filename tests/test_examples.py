"""Every example runs: with a scripted endpoint in place of OpenAI's."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.support.dev_server import dev_server
from tests.support.endpoint import Answer, completion, serve
from tests.support.models import code

EXAMPLES = Path(__file__).parent.parent / "examples"
pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(240)]
PRIMES = code("result = 135\nprint('<<<' + str(result * 1) + '>>>')")
DECISIONS = {True: '{"action": "return"}', False: '{"action": "code", "guidance": "Use a sieve."}'}


def run(name: str, *answers: Answer, arguments: tuple[str, ...] = ()) -> str:
    with serve(*answers) as endpoint:
        environment = {**os.environ, "OPENAI_API_KEY": "none", "OPENAI_BASE_URL": endpoint.url}
        done = subprocess.run(
            [sys.executable, str(EXAMPLES / name), *arguments],
            capture_output=True,
            text=True,
            env=environment,
            timeout=200,
        )
    assert done.returncode == 0, done.stderr
    return done.stdout


def guide_or_program(request: dict[str, Any]) -> str:
    """Decide as a guide if asked for a decision, else write a program."""
    messages = str(request["messages"])
    if "You steer another model" in messages:
        return DECISIONS["135" in messages]
    return PRIMES


def test_a_strong_model() -> None:
    shown = run("strong_model.py", guide_or_program)
    assert "135 returned" in shown
    assert "turn 1: code -> 135" in shown
    assert "guide: 2 calls" in shown


def agent_or_program(request: dict[str, Any]) -> Any:
    """Call the tool once as the agent, then answer; write a program as the task model."""
    if not request.get("tools"):
        return code("result = 37 * 148 * 2 // 3\nprint('<<<' + str(result) + '>>>')")
    if request["messages"][-1]["role"] == "tool":
        return f"There are {request['messages'][-1]['content']} tulips left."
    call = {"name": "compute_answer", "arguments": json.dumps({"question": "What is 37 * 148 * 2 // 3?"})}
    message = {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "1", "type": "function", "function": call}],
    }
    body = completion("")
    body["choices"] = [{"index": 0, "message": message, "finish_reason": "tool_calls"}]
    return 200, body


def test_an_agents_tool() -> None:
    assert "There are 3650 tulips left." in run("agent_tool.py", agent_or_program)


def test_a_batch_stays_within_its_money() -> None:
    shown = run("batch_with_cost_limit.py", code("result = 6 * 7\nprint('<<<' + str(result) + '>>>')"))
    assert shown.count("? Answer as <<<number>>>. 42") == 10
    assert "of $0.50" in shown


def test_a_checker_of_ones_own() -> None:
    wrong, right = code("print('<<<9+10+11+13>>>')"), code("print('<<<' + '(11-13)*9' + '+42>>>')")
    solution = code("print('<<<' + '(13-9)*(11-10)' + '*6>>>')")
    shown = run("custom_checker.py", wrong, right, solution)
    assert "its value is 43, not 24" in shown
    assert "does not use each number exactly once" in shown


def test_a_client_of_a_server(tmp_path: Path) -> None:
    with serve(PRIMES) as endpoint, dev_server(tmp_path) as url:
        done = subprocess.run(
            [sys.executable, str(EXAMPLES / "server_client.py"), url, f"{endpoint.url}#m"],
            capture_output=True,
            text=True,
            timeout=200,
        )
    assert done.returncode == 0, done.stderr
    assert "executing" in done.stdout
    assert done.stdout.splitlines()[-1] == "135 returned"
