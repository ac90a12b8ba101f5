"""The live view of a terminal: replies while they are written, and what is going on."""

import io
from typing import Any

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from rich.console import Console

from codesteer.cli.view import LiveView


def shown_on(console: Console, *parts: dict[str, Any]) -> str:
    with LiveView(console) as view:
        for part in parts:
            view.part(part)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def piece(text: str, message_id: str = "1") -> dict[str, Any]:
    return message(AIMessageChunk(content=text, id=message_id))


def message(content: BaseMessage) -> dict[str, Any]:
    return {"type": "messages", "data": (content, {})}


def event(name: str) -> dict[str, Any]:
    return {"type": "custom", "data": {"event": name, "turn": 3}}


@pytest.mark.parametrize("width", [100, 40])
def test_a_terminal_shows_the_end_of_each_reply_while_it_is_written(width: int) -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=width)
    lines = "".join(f"line {number}\n" for number in range(30))
    shown = shown_on(console, event("generating"), piece(lines), piece("tail"), piece("other", "2"))
    assert "turn 3: waiting for the task model" in shown
    assert ("line 29" in shown, "tail" in shown, "other" in shown) == (True, True, True)
    assert "line 3\n" not in shown


def test_finished_messages_and_control_characters_are_not_shown() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=80)
    shown = shown_on(console, message(AIMessage("whole")), piece("a\x1b[31mb\x07"))
    assert "whole" not in shown
    assert "a[31mb" in shown


def test_what_was_written_disappears_when_the_program_runs() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=80)
    shown = shown_on(console, piece("words"), event("executing"))
    assert "running the program" in shown
    assert "words" not in shown


def test_only_a_terminal_shows_progress() -> None:
    console = Console(file=io.StringIO(), force_terminal=False, width=80)
    assert shown_on(console, event("generating"), piece("words")).strip() == ""
