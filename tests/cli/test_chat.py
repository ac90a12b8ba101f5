"""``codesteer chat``: follow-ups, commands, errors that end a question and not the conversation."""

import io
import sys
from pathlib import Path

import pytest
from tests.cli.test_solve import QUESTION, SOLVE, TEST, model
from tests.support.endpoint import Endpoint, serve
from tests.support.models import check, code
from tests.support.terminal import Terminal

pytestmark = pytest.mark.enable_socket
EIGHT = code("result = 2 * 4\nprint('<<<' + str(result) + '>>>')")
CHECK_EIGHT = check("int(answer) == 2 * 4", "product")


@pytest.fixture
def talk(terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> "Talk":
    monkeypatch.setenv("CODESTEER_CHECKPOINTS", str(tmp_path / "runs.sqlite"))
    return Talk(terminal, monkeypatch)


class Talk:
    """Types lines into a conversation and returns what it printed."""

    def __init__(self, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
        self.terminal, self.monkeypatch = terminal, monkeypatch

    def __call__(self, endpoint: Endpoint, *lines: str, arguments: tuple[str, ...] = ()) -> str:
        typed = "".join(f"{line}\n" for line in lines)
        self.monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode())))
        status, out, err = self.terminal.run("chat", *model(endpoint), *arguments)
        assert (status, err) == (0, "")
        return out


def test_a_follow_up_knows_the_question_and_the_answer_before_it(talk: Talk) -> None:
    with serve(SOLVE, TEST, EIGHT, CHECK_EIGHT) as endpoint:
        out = talk(endpoint, QUESTION, "", "And 2 * 4, calculated?")
    assert ("answer 42" in out, "answer 8" in out, out.count("turn 1 · code")) == (True, True, 2)
    seen = [message["content"] for message in endpoint.requests[2]["messages"]]
    assert seen[0] == QUESTION
    assert seen[1].startswith("<<<42>>>\n\nThis program computed it:")


def test_a_saved_conversation_is_continued(talk: Talk) -> None:
    with serve(SOLVE, TEST, EIGHT, CHECK_EIGHT) as endpoint:
        talk(endpoint, QUESTION, arguments=("--thread", "homework"))
        out = talk(endpoint, "And 2 * 4, calculated?", arguments=("--thread", "homework"))
    assert "answer 8" in out
    assert "<<<42>>>" in str(endpoint.requests[2]["messages"])


def test_the_same_question_is_asked_again(talk: Talk) -> None:
    with serve(SOLVE, TEST) as endpoint:
        endpoint.answers = [SOLVE, TEST, SOLVE, TEST]
        out = talk(endpoint, QUESTION, QUESTION)
    assert out.count("answer 42") == 2
    assert len(endpoint.requests) == 4


def test_a_new_conversation_forgets(talk: Talk) -> None:
    with serve(SOLVE, TEST, EIGHT, CHECK_EIGHT) as endpoint:
        talk(endpoint, QUESTION, "/new", "What is 2 * 4?")
    assert "<<<42>>>" not in str(endpoint.requests[2]["messages"])


def test_a_question_of_several_lines(talk: Talk) -> None:
    with serve(SOLVE, TEST) as endpoint:
        talk(endpoint, '"""', "What is 6 * 7?", "Return it as <<<number>>>.", '"""')
    assert endpoint.requests[0]["messages"][0]["content"].startswith("What is 6 * 7?\nReturn it as")


def test_an_error_ends_the_question_only(talk: Talk) -> None:
    with serve((401, {"error": {"message": "key expired"}}), SOLVE, TEST) as endpoint:
        out = talk(endpoint, "What is 5 * 5?", QUESTION)
    assert "codesteer: task model" in out
    assert ("key expired" in out, "answer 42" in out) == (True, True)


def test_commands(talk: Talk, tmp_path: Path) -> None:
    with serve(SOLVE, TEST) as endpoint, serve(EIGHT, CHECK_EIGHT) as other:
        out = talk(
            endpoint,
            "/trace early.html",
            QUESTION,
            "/trace run.html",
            "/trace nowhere/run.html",
            "/model",
            "/model nonsense:m",
            f"/model {other.url}#m",
            "What is 2 * 4?",
            "/sing",
            "/help",
            "/quit",
            "never asked",
        )
    assert "give a file after the first question" in out
    assert "Turn 1" in (tmp_path / "run.html").read_text()
    assert "cannot write nowhere/run.html" in out
    assert f"{endpoint.url}#m" in out
    assert "answer 8" in out
    assert "unknown command /sing" in out
    assert len(other.requests) == 2
    assert not any("never asked" in str(request) for request in (*endpoint.requests, *other.requests))
