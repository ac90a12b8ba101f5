"""``codesteer solve``: answers, JSON, traces, one-line errors."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.support.endpoint import Endpoint, serve
from tests.support.models import check, code
from tests.support.terminal import Terminal

pytestmark = pytest.mark.enable_socket
QUESTION = "Calculate the product of the numbers 6 and 7. Return it as <<<number>>>."
SOLVE = code("result = 6 * 7\nprint('<<<' + str(result) + '>>>')")
TEST = check("int(answer) == 6 * 7", "product")


def model(endpoint: Endpoint) -> tuple[str, ...]:
    """The endpoint as task model, asked for one attempt at a time: its replies come in order."""
    return "--task-model", f"{endpoint.url}#m", "--candidates", "1"


def test_the_candidates_of_a_wave_are_named(terminal: Terminal, tmp_path: Path) -> None:
    with serve(SOLVE, SOLVE) as endpoint:
        arguments = ("--task-model", f"{endpoint.url}#m", "--candidates", "2", "--trace", "run.html")
        status, out, _ = terminal.run("solve", QUESTION, *arguments)
    assert status == 0
    page = (tmp_path / "run.html").read_text()
    for candidate in ("candidate 1 of 2", "candidate 2 of 2"):
        assert candidate in out
        assert candidate in page


def test_a_computation_that_the_question_states_takes_one_program(terminal: Terminal) -> None:
    with serve(SOLVE) as endpoint:
        arguments = ("--task-model", f"{endpoint.url}#m", "--no-check-answer")
        _, out, _ = terminal.run("solve", "What is 6 * 7? Return it as <<<number>>>.", *arguments)
    assert "answer 42" in out
    assert len(endpoint.requests) == 1


def test_a_wrong_program_for_a_stated_computation_is_not_the_last(terminal: Terminal) -> None:
    wrong = code("result = 6 * 8\nprint('<<<' + str(result) + '>>>')")
    with serve(wrong, SOLVE) as endpoint:
        arguments = ("--task-model", f"{endpoint.url}#m", "--no-check-answer")
        _, out, _ = terminal.run("solve", "What is 6 * 7? Return it as <<<number>>>.", *arguments)
    assert "answer 42" in out


def test_a_question_is_solved_live(terminal: Terminal) -> None:
    with serve(SOLVE, TEST) as endpoint:
        status, out, _ = terminal.run("solve", QUESTION, *model(endpoint))
    assert status == 0
    for seen in ("turn 1", "result = 6 * 7", "confirmed", "answer 42"):
        assert seen in out


def test_json_contains_the_whole_result(terminal: Terminal) -> None:
    with serve(SOLVE, TEST) as endpoint:
        status, out, _ = terminal.run("solve", "--json", QUESTION, *model(endpoint))
    result = json.loads(out)
    assert status == 0
    assert (result["question"], result["answer"], result["outcome"]) == (QUESTION, "42", "returned")
    assert result["models"] == {"task": f"{endpoint.url}#m", "guide": "rules"}
    assert result["turns"][0]["execution"]["status"] == "ok"
    assert result["turns"][0]["answer_report"]["verdict"] == "confirmed"
    assert result["usage"]["total"]["calls"] == 2
    assert len(result["codesteer"]["prompts"]) == 12


@pytest.mark.parametrize("argument", [("-",), ()])
def test_the_question_can_come_from_standard_input(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, argument: tuple[str, ...]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(QUESTION.encode())))
    with serve(SOLVE, TEST) as endpoint:
        status, out, _ = terminal.run("solve", *argument, *model(endpoint))
    assert status == 0
    assert "answer 42" in out


def test_a_trace_is_self_contained_and_escaped(terminal: Terminal, tmp_path: Path) -> None:
    with serve(SOLVE, TEST) as endpoint:
        terminal.run(
            "solve", f"{QUESTION} <script>alert(1)</script>", "--trace", "run.html", *model(endpoint)
        )
    page = (tmp_path / "run.html").read_text()
    assert page.count("<script") == 1
    assert "&lt;script&gt;" in page
    assert "://" not in page.replace(endpoint.url, "")
    for seen in (
        "Turn 1",
        "href='#turn-1'",
        "linenos",
        "The whole reply",
        "What the task model was sent",
        "Let the program search or calculate",
        "Program output",
        "Symbolic checker",
        "Answer checker",
        "confirmed",
        "tokens",
        "guide: rules",
    ):
        assert seen in page


def test_control_characters_of_a_model_do_not_reach_the_terminal(terminal: Terminal) -> None:
    with serve(code("print('\\x1b[31mred\\x07')")) as endpoint:
        _, out, _ = terminal.run("solve", "Say red.", "--max-turns", "1", *model(endpoint))
    assert "\x1b[31m" not in out
    assert "\x07" not in out


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["solve", ""], 2, "the question is empty"),
        (["solve", "  \n"], 2, "the question is empty"),
        (["solve", QUESTION, "--task-model", "nonsense:model"], 2, "unknown model provider 'nonsense'"),
        (["solve", QUESTION, "--task-model", "openai:gpt-4o"], 2, "OPENAI_API_KEY"),
        (["solve", QUESTION, "--task-model", "mistralai:x"], 2, "pip install langchain-mistralai"),
        (["solve", QUESTION, "--guide", "nonsense"], 2, "unknown guide 'nonsense'; give 'rules'"),
        (["solve", QUESTION, "--guide", "nonsense:model"], 2, "unknown model provider 'nonsense'"),
        (["solve", "question.txt"], 2, "to ask the question in it: codesteer solve < question.txt"),
        (["solve", QUESTION, "--trace", "nowhere/run.html"], 2, "cannot write nowhere/run.html"),
        (["solve", QUESTION, "--trace", "question.txt/run.html"], 2, "cannot write question.txt/run.html"),
        (["solve", QUESTION, "--temperature", "3"], 2, "--temperature"),
        (["solve", QUESTION, "--max-cost", "0"], 2, "--max-cost"),
        (["solve", QUESTION, "--max-turns", "0"], 2, "--max-turns"),
        (["solve", QUESTION, "--max-turns", "many"], 2, "--max-turns"),
        (["solve"], 2, "there is no question"),
        (
            ["solve", QUESTION, "--task-model", "/nowhere/x.gguf"],
            2,
            "the model file /nowhere/x.gguf does not exist",
        ),
    ],
)
def test_usage_errors_are_explained(
    terminal: Terminal,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    arguments: list[str],
    status: int,
    message: str,
) -> None:
    (tmp_path / "question.txt").write_text(QUESTION)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    got, out, err = terminal.run(*arguments)
    assert got == status
    assert message in err
    assert "Traceback" not in out + err


def test_an_unknown_sandbox_is_explained(terminal: Terminal) -> None:
    with serve(SOLVE) as endpoint:
        status, _, err = terminal.run("solve", QUESTION, "--sandbox", "nowhere", *model(endpoint))
    assert status == 2
    assert "unknown sandbox 'nowhere'" in err


def test_an_unreachable_endpoint_is_a_one_line_error(terminal: Terminal) -> None:
    with serve("gone") as endpoint:
        arguments = model(endpoint)
    status, _, err = terminal.run("solve", QUESTION, *arguments)
    assert status == 1
    assert f"task model {endpoint.url}#m: the model's endpoint cannot be reached" in err
    assert err.strip().count("\n") == 0


def test_a_rejected_request_is_a_one_line_error(terminal: Terminal) -> None:
    with serve((401, {"error": {"message": "Incorrect API key"}})) as endpoint:
        status, _, err = terminal.run("solve", QUESTION, *model(endpoint))
    assert status == 1
    assert "Incorrect API key" in err


def test_turns_before_a_failure_are_shown_and_saved(terminal: Terminal, tmp_path: Path) -> None:
    refuting = check("int(answer) >= 50", "too small")
    refusal: Any = (401, {"error": {"message": "key expired"}})
    with serve(SOLVE, refuting, refusal) as endpoint:
        status, out, _ = terminal.run("solve", QUESTION, "--trace", "run.html", *model(endpoint))
    assert status == 1
    assert "key expired" in out
    assert "answer 42" in out
    assert "Turn 1" in (tmp_path / "run.html").read_text()


def test_an_unwritable_trace_is_found_before_the_run(terminal: Terminal) -> None:
    with serve(SOLVE, TEST) as endpoint:
        status, _, err = terminal.run("solve", QUESTION, "--trace", "/nowhere/run.html", *model(endpoint))
    assert status == 2
    assert "/nowhere/run.html" in err
    assert endpoint.requests == []


def test_the_answer_is_printed_before_a_trace_that_fails(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_: Any) -> None:
        raise OSError(28, "No space left on device", "run.html")

    monkeypatch.setattr("codesteer.cli.solve_run.write_trace", full_disk)
    with serve(SOLVE, TEST) as endpoint:
        status, out, err = terminal.run("solve", QUESTION, "--trace", "run.html", *model(endpoint))
    assert (status, "answer 42" in out) == (1, True)
    assert err.strip() == "codesteer: run.html: No space left on device"


LARGEST = code(
    "rows = [line.split(',') for line in open('data.csv').read().split()[1:]]\n"
    "print('<<<' + max(rows, key=lambda row: int(row[1]))[0] + '>>>')"
)


def test_a_program_reads_the_file_that_comes_with_the_question(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("town,people\nUlm,126\nBonn,336\n")
    with serve(LARGEST, LARGEST) as endpoint:
        arguments = ("--no-check-answer", "--json", "--trace", "run.html", *model(endpoint))
        status, out, _ = terminal.run("solve", "Which town is larger?", "--file", "data.csv", *arguments)
    result = json.loads(out)
    assert (status, result["answer"], result["files"]) == (0, "Bonn", {"data.csv": 29})
    assert "- data.csv (29 bytes), which begins with:" in endpoint.requests[0]["messages"][0]["content"]
    assert "Ulm,126" in (tmp_path / "run.html").read_text()


WRITES = code(
    "open('<b>.csv', 'w').write('1,2')\nopen('plot.png', 'wb').write(b'PNG')\nprint('<<<' + str(40 + 2) + '>>>')"
)


def test_files_that_a_program_wrote_are_in_the_result_and_on_the_page(
    terminal: Terminal, tmp_path: Path
) -> None:
    with serve(WRITES) as endpoint:
        arguments = ("--no-check-answer", "--trace", "run.html", "--candidates", "1", *model(endpoint)[:2])
        _, out, _ = terminal.run("solve", QUESTION, *arguments)
        _, as_json, _ = terminal.run("solve", QUESTION, "--json", *arguments)
    page = (tmp_path / "run.html").read_text()
    assert "It wrote '<b>.csv' (3 bytes), 'plot.png' (3 bytes)." in " ".join(out.split())
    files = json.loads(as_json)["turns"][0]["execution"]["artifacts"]
    assert [(file["name"], file["base64"]) for file in files] == [("<b>.csv", "MSwy"), ("plot.png", "UE5H")]
    assert "src='data:image/png;base64,UE5H'" in page
    assert "<a download='&lt;b&gt;.csv' href='data:application/octet-stream;base64,MSwy'>" in page


def test_a_run_with_a_file_is_saved_shown_again_and_followed_up(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("town,people\nUlm,126\nBonn,336\n")
    saved = ("--thread", "towns", "--checkpoints", "runs.sqlite", "--no-check-answer", "--json")
    with serve(LARGEST) as endpoint:
        arguments = ("--file", "data.csv", *saved, *model(endpoint))
        first = terminal.run("solve", "Which town is larger?", *arguments)
        again = terminal.run("solve", "Which town is larger?", *arguments)
        asked = len(endpoint.requests)
        _, out, _ = terminal.run("solve", "And counted again, which one?", *saved, *model(endpoint))
    assert first == again
    assert asked == 2
    assert json.loads(out)["answer"] == "Bonn"


def test_a_thread_goes_on_after_a_question_with_a_file_too_many(terminal: Terminal, tmp_path: Path) -> None:
    names = [f"{number}.txt" for number in range(21)]
    for name in names:
        (tmp_path / name).write_text("1")
    saved = ("--thread", "files", "--checkpoints", "runs.sqlite", "--no-check-answer", "--json")
    with serve(SOLVE) as endpoint:
        arguments = (*saved, *model(endpoint))
        files = [option for name in names for option in ("--file", name)]
        assert terminal.run("solve", QUESTION, *files[:-2], *arguments)[0] == 0
        status, _, err = terminal.run("solve", "And with one more?", *files[-2:], *arguments)
        assert (status, "at most 20 are possible" in err) == (2, True)
        status, out, _ = terminal.run("solve", "And again without it?", *arguments)
    assert (status, json.loads(out)["answer"], len(json.loads(out)["files"])) == (0, "42", 20)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (("nowhere.csv",), "there is no file nowhere.csv"),
        (("folder",), "is a directory"),
        (("a/data.csv", "b/data.csv"), "two files are called data.csv"),
        (("large.bin",), "large.bin is larger than 8,388,608 bytes"),
        ((".hidden",), "'.hidden' is no usable file name"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(
    terminal: Terminal, tmp_path: Path, files: tuple[str, ...], message: str
) -> None:
    for folder in ("a", "b", "folder"):
        (tmp_path / folder).mkdir()
    for name in ("a/data.csv", "b/data.csv", ".hidden"):
        (tmp_path / name).write_text("1")
    with (tmp_path / "large.bin").open("wb") as large:
        large.truncate(9 * 2**20)
    with serve(SOLVE) as endpoint:
        options = [option for file in files for option in ("--file", file)]
        status, _, err = terminal.run("solve", QUESTION, *options, *model(endpoint))
    assert (status, endpoint.requests) == (2, [])
    assert message in " ".join(err.split())


def test_the_temperature_is_sent(terminal: Terminal) -> None:
    with serve(SOLVE, TEST) as endpoint:
        terminal.run("solve", QUESTION, "--temperature", "0.3", *model(endpoint))
    assert endpoint.requests[0]["temperature"] == 0.3


def test_the_answer_check_can_be_switched_off(terminal: Terminal) -> None:
    with serve(SOLVE, SOLVE) as endpoint:
        status, out, _ = terminal.run("solve", QUESTION, "--no-check-answer", *model(endpoint))
    assert (status, "answer 42" in out) == (0, True)
    assert not any("is_correct" in str(request) for request in endpoint.requests)


def test_a_run_ends_with_its_totals(terminal: Terminal) -> None:
    with serve(SOLVE, TEST) as endpoint:
        _, out, _ = terminal.run("solve", QUESTION, *model(endpoint))
    assert "1 turn · " in out.splitlines()[-1]
    assert "in 2 model calls" in out.splitlines()[-1]


def command(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    program = [sys.executable, "-c", "from codesteer.cli import main; main()", *arguments]
    return subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def test_invalid_utf8_on_standard_input_is_explained() -> None:
    process = command("solve", "-", "--task-model", "http://127.0.0.1:1/v1#m", stdin=subprocess.PIPE)
    out, err = process.communicate(b"caf\xe9?", timeout=60)
    assert process.returncode == 2
    assert b"not valid UTF-8 (byte 3)" in err
    assert b"Traceback" not in out + err


def test_ctrl_c_stops_the_run_and_shows_the_finished_turns(tmp_path: Path) -> None:
    refuting = check("int(answer) >= 50", "too small")
    endless = code("while True: pass")
    with serve(SOLVE, refuting, endless) as endpoint:
        trace = tmp_path / "run.html"
        process = command("solve", QUESTION, "--trace", str(trace), *model(endpoint))
        deadline = time.monotonic() + 60
        while len(endpoint.requests) < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(1.0)
        os.kill(process.pid, signal.SIGINT)
        try:
            out, err = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 130
    assert b"turn 1" in out
    assert b"codesteer: interrupted; the run was not saved; with --thread NAME" in err
    assert b"Traceback" not in err
    assert "Turn 1" in trace.read_text()
