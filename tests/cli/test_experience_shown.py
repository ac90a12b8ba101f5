"""Every way to look at a run says that a remembered program was run, and what the store said."""

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from langgraph.store.memory import InMemoryStore
from rich.console import Console
from tests.support.experience import PAIRS, SANDBOX, DownStore, ask, own_program, teach
from tests.support.models import code

from codesteer.cli.prompts_sent import prompts_sent
from codesteer.cli.result import experience_summary, result_json
from codesteer.cli.solve_run import complete_result, print_result
from codesteer.cli.trace import page
from codesteer.cli.view import LiveView, turn_panel
from codesteer.graph.context import Context

OWN = [code(own_program(7, 70)), code("print(f'<<<{sum(n for n in range(7, 71))}>>>')")]
CONTEXT = Context(task_model="openai:m")
TRUSTED = "verified on 3 questions, reliability 0.80, trusted"
YOUNG = "verified on 2 questions, reliability 0.75, not trusted without support"


async def run(*pairs: tuple[int, int], script: list[Any] | None = None, **settings: Any) -> dict[str, Any]:
    store = InMemoryStore()
    await teach(store, SANDBOX, *pairs)
    return (await ask(store, script=script, **settings))[0]


async def run_without_store() -> dict[str, Any]:
    return (await ask(DownStore(), script=[*OWN]))[0]


def trace(result: dict[str, Any]) -> str:
    prompts = prompts_sent(result, CONTEXT, ())
    return page(complete_result(CONTEXT, result), prompts, datetime(2026, 11, 30, tzinfo=UTC))


def shown(turn: Any) -> str:
    console = Console(file=io.StringIO(), width=120)
    console.print(turn_panel(turn))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


async def test_the_trace_shows_a_trusted_program() -> None:
    html = trace(await run(*PAIRS))
    assert f"<b>Remembered program</b>, {TRUSTED}. No model was asked." in html
    assert "<b>Experience</b><span class='nodes'>recall</span>" in html
    assert "<span class='nodes'>execute → check_code → record</span>" in html
    assert "<span class='nodes'>guide → finish → learn</span>" in html
    assert "experience: added to 1 record" in html
    assert "What the task model was sent" not in html


async def test_the_trace_shows_what_the_task_model_was_sent_after_a_remembered_program() -> None:
    store = InMemoryStore()
    await teach(store, SANDBOX, *PAIRS[:2])
    result, model = await ask(store, script=[*OWN], candidates=1)
    html = trace(result)
    assert (YOUNG in html, "<b>Wave 1</b>" in html, "<b>Wave 2</b>" in html) == (True, True, False)
    remembered, own = prompts_sent(result, CONTEXT, SANDBOX.describe().packages)
    assert remembered == []
    assert [one.text for one in own] == [message.text for message in model.asked[0]]
    assert "Another question of this kind" in own[0].text


async def test_the_trace_escapes_the_note() -> None:
    result = await run_without_store()
    assert "connection refused" in trace(result)
    note = {"note": "<script>alert(1)</script>"}
    html = trace({**result, "experience": note})
    assert "&lt;script&gt;alert(1)" in html


async def test_the_terminal_shows_a_remembered_program() -> None:
    turn = (await run(*PAIRS))["turns"][0]
    text = shown(turn)
    assert "turn 1 · remembered program" in text
    assert f"remembered program {TRUSTED}" in text
    assert "guide" not in text


async def test_the_terminal_shows_the_note_after_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    print_result(complete_result(CONTEXT, await run_without_store()), as_json_text=False)
    printed = capsys.readouterr().out
    assert "experience: the store of experience failed: connection refused" in " ".join(printed.split())


@pytest.mark.parametrize(("name", "words"), [("recalling", "recalling"), ("learning", "learning from")])
def test_the_terminal_says_that_experience_is_read_or_written(name: str, words: str) -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=80)
    with LiveView(console) as view:
        view.event({"event": name})
    assert isinstance(console.file, io.StringIO)
    assert words in console.file.getvalue()


async def test_json_contains_what_was_recalled_and_learnt() -> None:
    result = json.loads(json.dumps(result_json(await run(*PAIRS))))
    skill = result["experience"]["skill"]
    assert result["turns"][0]["recalled"] == skill
    assert (skill["questions"], skill["reliability"], skill["trusted"]) == (3, 0.8, True)
    assert result["experience"]["learnt"] == [skill["key"]]


def test_a_result_without_experience_says_nothing_of_it() -> None:
    assert experience_summary(result_json({"turns": []})) == ""
