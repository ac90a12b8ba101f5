"""``codesteer solve --review``: the user approves, edits or rejects in the terminal."""

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.test_solve import QUESTION, SOLVE, TEST, model
from tests.support.endpoint import serve
from tests.support.terminal import Terminal

pytestmark = pytest.mark.enable_socket
Type = Callable[..., None]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Type:
    def lines(*lines: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))

    return lines


def test_an_approved_program_runs(terminal: Terminal, typed: Type) -> None:
    typed("a")
    with serve(SOLVE, TEST) as endpoint:
        status, out, _ = terminal.run("solve", QUESTION, "--review", "code", *model(endpoint))
    assert status == 0
    assert "This program is about to run" in out
    assert "answer 42" in out
    assert len(endpoint.requests) == 2, "the review repeats no model call"


def test_a_rejected_program_does_not_run_and_the_model_gets_the_reason(
    terminal: Terminal, typed: Type
) -> None:
    typed("r", "no multiplication, please", "")
    with serve(SOLVE, SOLVE, TEST) as endpoint:
        status, out, _ = terminal.run("solve", QUESTION, "--review", "code", *model(endpoint))
    assert status == 0
    assert "no multiplication, please" in endpoint.requests[1]["messages"][-1]["content"]
    assert out.count("This program is about to run") == 2


def test_a_program_is_edited_in_the_users_editor(
    terminal: Terminal, typed: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = tmp_path / "editor.sh"
    editor.write_text('#!/bin/sh\nsed -i "s/6 \\* 7/2 * 21/" "$1"\n')
    editor.chmod(0o755)
    monkeypatch.setenv("VISUAL", str(editor))
    typed("e")
    with serve(SOLVE, TEST) as endpoint:
        status, out, _ = terminal.run("solve", QUESTION, "--review", "code", *model(endpoint))
    assert status == 0
    assert "result = 2 * 21" in out


def test_guidance_and_code_can_both_be_reviewed(terminal: Terminal, typed: Type) -> None:
    typed("nonsense", "a", "a")
    with serve(SOLVE, TEST) as endpoint:
        status, out, _ = terminal.run("solve", QUESTION, "--review", "both", *model(endpoint))
    assert status == 0
    assert out.index("This guidance is about to be sent") < out.index("This program is about to run")


def test_rejected_guidance_ends_the_run(terminal: Terminal, typed: Type) -> None:
    typed("r", "")
    with serve(SOLVE) as endpoint:
        status, out, _ = terminal.run("solve", QUESTION, "--review", "guidance", *model(endpoint))
    assert status == 1
    assert "no answer found  (terminated)" in out
    assert endpoint.requests == []


def test_a_saved_run_can_be_reviewed_later(terminal: Terminal, typed: Type, tmp_path: Path) -> None:
    arguments = ("--review", "code", "--thread", "t", "--checkpoints", str(tmp_path / "runs.sqlite"))
    with serve(SOLVE, TEST) as endpoint:
        typed()
        interrupted = terminal.run("solve", QUESTION, *arguments, *model(endpoint))
        typed("a")
        status, out, _ = terminal.run("solve", QUESTION, *arguments, *model(endpoint))
    assert interrupted[0] == 2
    assert "--review needs your answers" in interrupted[2]
    assert (status, len(endpoint.requests)) == (0, 2)
    assert "answer 42" in out


def test_the_question_cannot_come_from_standard_input(terminal: Terminal) -> None:
    status, _, err = terminal.run("solve", "-", "--review", "code")
    assert status == 2
    assert "give the question as an argument" in err


def test_a_broken_editor_is_explained(
    terminal: Terminal, typed: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", "/nowhere/editor")
    typed("e")
    with serve(SOLVE) as endpoint:
        status, _, err = terminal.run("solve", QUESTION, "--review", "code", *model(endpoint))
    assert status == 2
    assert "set EDITOR" in err
