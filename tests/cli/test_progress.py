"""Progress of a long command: a bar in a terminal, few lines elsewhere."""

import io

import pytest
from rich.console import Console

from codesteer.cli import progress
from codesteer.cli.progress import ProgressDisplay


def shown(console: Console, times: int, done: int = 0) -> str:
    with ProgressDisplay(console, "problems", 10, done) as display:
        for _ in range(times):
            display.advance()
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_pipe_gets_the_beginning_and_the_end() -> None:
    console = Console(file=io.StringIO(), width=40)
    assert shown(console, 4, done=3).splitlines() == ["3 of 10 problems", "7 of 10 problems"]


def test_a_pipe_gets_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0.0)
    lines = shown(Console(file=io.StringIO(), width=40), 2).splitlines()
    assert lines[1].startswith("1 of 10 problems, ")
    assert lines[1].endswith("min left")


def test_nothing_left_to_do_is_one_line() -> None:
    assert shown(Console(file=io.StringIO()), 0, done=10).splitlines() == ["10 of 10 problems"]


def test_a_terminal_gets_a_bar_with_the_rate() -> None:
    text = shown(Console(file=io.StringIO(), force_terminal=True, width=100), 4)
    assert "4/10" in text
    assert "a minute" in text
