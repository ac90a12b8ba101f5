"""Progress of a long command: a bar in a terminal, few lines elsewhere."""

import io

import pytest
from rich.console import Console

from codesteer.cli import progress
from codesteer.cli.progress import ProgressDisplay, resumable


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


def test_a_total_that_is_known_later() -> None:
    console = Console(file=io.StringIO(), width=40)
    with ProgressDisplay(console, "steps") as display:
        display.update(4, 10)
        display.update(10, 10)
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue().splitlines() == ["4 of 10 steps", "10 of 10 steps"]


@pytest.mark.parametrize("terminal", [True, False])
def test_work_that_never_begins_shows_nothing(terminal: bool) -> None:
    console = Console(file=io.StringIO(), force_terminal=terminal)
    with pytest.raises(ValueError, match="no data"), ProgressDisplay(console, "steps"):
        raise ValueError("no data")
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue() == ""


def test_an_interruption_says_how_to_resume() -> None:
    with (
        pytest.raises(KeyboardInterrupt, match="the same command resumes the download"),
        resumable("the download"),
    ):
        raise KeyboardInterrupt
