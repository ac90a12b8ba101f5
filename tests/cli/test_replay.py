"""``codesteer replay``: comparison of branches, preference pairs, one-line errors."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.test_solve import QUESTION, SOLVE, TEST, model
from tests.support.endpoint import Endpoint, serve
from tests.support.terminal import Terminal

from codesteer.guides.asked_question import question_id
from codesteer.symbench import load_task, to_record

pytestmark = pytest.mark.enable_socket
TEXT_ANSWER = "It is about fifty. <<<50>>>"


@pytest.fixture(autouse=True)
def checkpoint_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "runs.sqlite"
    monkeypatch.setenv("CODESTEER_CHECKPOINTS", str(file))
    return file


def solve_and_replay(
    terminal: Terminal,
    *arguments: str,
    question: str = QUESTION,
    answers: Any = (SOLVE, TEST, TEXT_ANSWER, TEST),
) -> tuple[int, str, str]:
    with serve(*answers) as endpoint:
        solve(terminal, endpoint, question)
        return terminal.run("replay", "product", *arguments)


def solve(terminal: Terminal, endpoint: Endpoint, question: str = QUESTION) -> None:
    terminal.run("solve", question, "--thread", "product", "--max-turns", "1", *model(endpoint))


def test_both_branches_are_compared(terminal: Terminal) -> None:
    status, out, _ = solve_and_replay(terminal, "--turn", "1", "--mode", "text", "--expected", "42.0")
    assert status == 0
    rows = [" ".join(line.replace("│", " ").split()) for line in out.splitlines()]
    for row in ("decision code text", "answer 42 50", "outcome returned turn limit", "grade correct wrong"):
        assert row in rows
    assert any(row.startswith("tokens 40 in, 10 out, 2 calls") for row in rows)


def test_json_contains_both_branches(terminal: Terminal) -> None:
    status, out, _ = solve_and_replay(terminal, "--turn", "1", "--mode", "text", "--json")
    done = json.loads(out)
    assert status == 0
    assert (done["question"], done["turn"], done["pair"]) == (QUESTION, 1, None)
    assert (done["original"]["answer"], done["replay"]["answer"]) == ("42", "50")
    assert (done["original"]["thread"], done["original"]["grade"]) == ("product", None)
    assert done["replay"]["turns"][0]["answer_report"]["verdict"] == "unclear"
    assert done["replay"]["usage"]["total"]["calls"] == 2
    assert done["replay"]["seconds"] > 0


def test_pairs_are_appended(terminal: Terminal, tmp_path: Path) -> None:
    arguments = ("--turn", "1", "--expected", "42", "--pairs", "pairs.jsonl")
    _, out, _ = solve_and_replay(terminal, *arguments, "--mode", "text")
    with serve(TEXT_ANSWER, TEST) as endpoint:
        # The saved context refers to the first endpoint, which has stopped.
        status, _, err = terminal.run("replay", "product", *arguments, "--mode", "text")
    assert endpoint.requests == []
    assert (status, "cannot be reached" in err) == (1, True)
    (pair,) = map(json.loads, (tmp_path / "pairs.jsonl").read_text().splitlines())
    assert "added a preference pair to pairs.jsonl" in out
    assert json.loads(pair["chosen"][0]["content"])["action"] == "code"
    assert json.loads(pair["rejected"][0]["content"])["action"] == "text"
    assert pair["question"] == question_id(pair["prompt"])


def test_a_symbench_item_is_graded_by_its_verifier(terminal: Terminal, tmp_path: Path) -> None:
    task = load_task("number_multiply")
    items = [task.generate(seed=7, level=1, index=index) for index in range(3)]
    (tmp_path / "items.jsonl").write_text("".join(json.dumps(to_record(item)) + "\n" for item in items))
    right = f"```python\nprint('<<<{items[1].answer}>>>')\n```"
    answers = (right, "print('UNCLEAR')", "I guess. <<<1>>>", "none")
    arguments = ("--turn", "1", "--mode", "text", "--item", "items.jsonl", "--pairs", "pairs.jsonl", "--json")
    status, out, err = solve_and_replay(terminal, *arguments, question=items[1].question, answers=answers)
    assert status == 0, err
    pair = json.loads((tmp_path / "pairs.jsonl").read_text())
    assert json.loads(out)["pair"] == pair
    assert (pair["question"], pair["task"]) == (items[1].id, "number_multiply")


def test_a_replay_whose_endpoint_dies_makes_no_pair(terminal: Terminal, tmp_path: Path) -> None:
    arguments = ("--turn", "2", "--mode", "text", "--expected", "50", "--pairs", "pairs.jsonl")
    with serve(SOLVE, TEST, (400, {"error": {"message": "gone"}})) as endpoint:
        solve(terminal, endpoint)
        status, out, err = terminal.run("replay", "product", *arguments)
    assert (status, "the replay failed" in err, "gone" in err) == (1, True, True)
    assert "Traceback" not in out + err
    assert not (tmp_path / "pairs.jsonl").exists()


def test_branches_with_the_same_grade_make_no_pair(terminal: Terminal, tmp_path: Path) -> None:
    _, out, _ = solve_and_replay(
        terminal, "--turn", "1", "--mode", "text", "--expected", "43", "--pairs", "pairs.jsonl"
    )
    assert "added no preference pair" in out
    assert not (tmp_path / "pairs.jsonl").exists()


PAIR = json.dumps(
    {
        "prompt": [{"role": "user", "content": "q"}],
        "chosen": [{"role": "assistant", "content": '{"action": "code"}'}],
        "rejected": [{"role": "assistant", "content": '{"action": "text"}'}],
    }
)


@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
def test_pairs_are_appended_to_those_that_are_there(terminal: Terminal, tmp_path: Path, end: str) -> None:
    file = tmp_path / "pairs.jsonl"
    file.write_text(PAIR + end)
    status, _, err = solve_and_replay(
        terminal, "--turn", "1", "--mode", "text", "--expected", "42", "--pairs", "pairs.jsonl"
    )
    assert status == 0, err
    first, second = filter(None, file.read_text().split("\n"))
    assert first == PAIR
    assert json.loads(second)["source"] == "replay"


@pytest.mark.parametrize(
    "text",
    [
        "my unfinished note",
        PAIR + "\nmy unfinished note",
        PAIR + "\n" + PAIR[:40],
        '[\n {"a": 1}\n]',
        '{"prompt": 1}\n',
        '{"question": "q", "answer": 1}\n',
        "\udcff\udcfe",
    ],
)
def test_a_file_of_something_else_stays_as_it_is(terminal: Terminal, tmp_path: Path, text: str) -> None:
    file = tmp_path / "pairs.jsonl"
    file.write_text(text, errors="surrogateescape")
    before = file.read_bytes()
    with serve(SOLVE, TEST) as endpoint:
        solve(terminal, endpoint)
        asked = len(endpoint.requests)
        arguments = ("--turn", "1", "--mode", "text", "--expected", "42", "--pairs", "pairs.jsonl")
        status, _, err = terminal.run("replay", "product", *arguments)
    assert (status, len(endpoint.requests)) == (2, asked)
    assert "pairs.jsonl:" in err
    assert "choose another file" in err
    assert file.read_bytes() == before


@pytest.mark.parametrize("place", ["file/pairs.jsonl", "/proc/pairs.jsonl"])
def test_a_place_for_pairs_that_cannot_be_written_to_is_refused_first(
    terminal: Terminal, tmp_path: Path, place: str
) -> None:
    (tmp_path / "file").touch()
    with serve(SOLVE, TEST) as endpoint:
        solve(terminal, endpoint)
        asked = len(endpoint.requests)
        arguments = ("--turn", "1", "--mode", "text", "--expected", "42", "--pairs", place)
        status, out, err = terminal.run("replay", "product", *arguments)
    assert (status, len(endpoint.requests)) == (2, asked)
    assert f"cannot write {place}" in err
    assert "Traceback" not in out + err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["product", "--turn", "1"], "--mode text, --mode code or --guidance"),
        (
            ["product", "--turn", "9", "--mode", "text"],
            "no turn 9: the run on thread 'product' has turns 1 to 1",
        ),
        (["product", "--turn", "1", "--mode", "code"], "the guide already chose code"),
        (["other", "--turn", "1", "--mode", "text"], "has no run named 'other'"),
        (["product", "--turn", "1", "--mode", "text", "--pairs", "p"], "give --expected or --item"),
        (["product", "--turn", "1", "--mode", "text", "--expected", "1", "--item", "p"], "not both"),
        (["product", "--turn", "1", "--mode", "text", "--item", "p.jsonl"], "cannot read p.jsonl"),
        (["product", "--turn", "1", "--mode", "text", "--item", "empty"], "no item with the question"),
        (["product", "--turn", "0", "--mode", "text"], "--turn"),
        (["product", "--turn", "1", "--mode", "song"], "--mode"),
        (
            ["product", "--turn", "1", "--mode", "text", "--checkpoints", "no.sqlite"],
            "there is no checkpoint file no.sqlite",
        ),
        (["product", "--turn", "1", "--mode", "text", "--checkpoints", "."], "--checkpoints"),
        (
            ["product", "--turn", "1", "--mode", "text", "--graph-url", "http://127.0.0.1:1"],
            "http://127.0.0.1:1 has no run on thread 'product'",
        ),
        (["product", "--turn", "1", "--mode", "text", "--graph-url", "here"], "is not a server address"),
        (
            ["product", "--turn", "1", "--mode", "text", "--graph-url", "http://h", "--checkpoints", "f"],
            "give --checkpoints or --graph-url",
        ),
    ],
)
def test_usage_errors_are_one_line(
    terminal: Terminal, tmp_path: Path, arguments: list[str], message: str
) -> None:
    (tmp_path / "empty").touch()
    with serve(SOLVE, TEST) as endpoint:
        solve(terminal, endpoint)
        status, out, err = terminal.run("replay", *arguments)
    assert status == 2
    assert message in err
    assert "Traceback" not in out + err
