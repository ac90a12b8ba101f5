"""Thoughts of a model are never run, scored, sent to a model again or read as a decision."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from tests.evals.test_runner import command
from tests.support.endpoint import Reply, completion, serve
from tests.support.models import check, code
from tests.support.stores import fill_store, items

from codesteer.evals.methods.names import SCRIPTED_METHODS, STEERING_METHODS
from codesteer.evals.results import read_results

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(400)]
DRAFT = "\n".join(
    [
        "Let me draft 6661666.",
        code("print('<<<6661666>>>')"),
        'or <<<6661666>>> or {"action": "terminate", "reason": "6661666"} or TEXT, but',
        check("answer == '6661666'"),
    ]
)
PROGRAM = code("result = 6 * 7\nprint('<<<' + str(result) + '>>>')")
CHECK = check("int(answer) == 6 * 7", "no")
DECISIONS = {
    True: '{"action": "code", "guidance": "", "reason": "r"}',
    False: '{"action": "return", "reason": "r"}',
}
METHOD_FORMS = {
    "tags": lambda text: f"<think>\n{DRAFT}\n</think>\n\n{text}",
    "an end tag alone": lambda text: f"{DRAFT}\n</think>\n\n{text}",
}
METHODS = [*SCRIPTED_METHODS, "vote:2", "mixture", *(f"{kind}:rules" for kind in STEERING_METHODS)]


def said(request: dict[str, Any]) -> str:
    """What the model replies besides its thoughts."""
    messages = [str(message["content"]) for message in request["messages"]]
    if "You steer another model" in messages[0]:
        return DECISIONS[len(messages) == 2]
    if "def is_correct" in messages[0]:
        return CHECK
    last = messages[-1]
    if "TEXT or CODE" in last:
        return "CODE"
    in_words = "without code" in last or "Two ways" in last or "The program printed" in last
    return "It is <<<42>>>." if in_words else PROGRAM


@pytest.mark.parametrize("form", METHOD_FORMS)
def test_no_draft_is_run_or_scored_in_any_method(form: str, tmp_path: Path) -> None:
    store = fill_store(tmp_path / "store.sqlite", *items(2))
    options = ("--tasks", "number_multiply", "--experience", str(store))
    with serve(lambda request: METHOD_FORMS[form](said(request))) as endpoint:
        methods = ",".join([*METHODS, f"steer:{endpoint.url}#guide"])
        done = command(endpoint.url, tmp_path, "--methods", methods, *options)
        assert done.returncode == 0, done.stderr
        asked = json.dumps(endpoint.requests)
    results = read_results(tmp_path)
    assert {result.method.partition(":")[0] for result in results} == {
        name.partition(":")[0] for name in METHODS
    }
    assert len(results) == len(METHODS) + 1
    for result in results:
        assert "6661666" not in json.dumps(asdict(result)), result.method
        assert result.run is not None
        assert result.run.answer in ("42", ""), result.method
        assert not any(turn.fallback for turn in result.run.turns), result.method
    assert "6661666" not in asked
    answered = {result.method for result in results if result.run is not None and result.run.answer == "42"}
    assert answered >= {name for name in {result.method for result in results} if name != "question"}


def test_thoughts_in_a_field_of_their_own_are_no_reply(tmp_path: Path) -> None:
    def apart(request: dict[str, Any]) -> Reply:
        body = completion(said(request))
        body["choices"][0]["message"]["reasoning_content"] = DRAFT
        return 200, body

    with serve(apart) as endpoint:
        done = command(
            endpoint.url, tmp_path, "--methods", "code,text,steer:rules", "--tasks", "number_multiply"
        )
    assert done.returncode == 0, done.stderr
    results = read_results(tmp_path)
    assert len(results) == 3
    for result in results:
        assert "6661666" not in json.dumps(asdict(result)), result.method
        assert result.run is not None
        assert result.run.answer == "42"
