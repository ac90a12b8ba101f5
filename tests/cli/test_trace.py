"""The page of a run: its strip, its buttons, its labels."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.support.browser import needs_chromium, shown

from codesteer.checkers.answer_report import AnswerReport, Verdict
from codesteer.cli.prompts_sent import SentMessage
from codesteer.cli.result import result_json
from codesteer.cli.trace import page
from codesteer.graph.state import Turn
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.models.usage import Usage
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus

PROGRAM = "x = '<b>'\nprint(x)"


def decision(mode: Mode = Mode.CODE, action: Action | None = None) -> Decision:
    return Decision(action=action or Action(mode.value), mode=mode, candidates=2, reason="r", guide="rules")


def turn(number: int, candidate: int = 0, mode: Mode = Mode.CODE, **fields: Any) -> Turn:
    usage = {"task": Usage(calls=1, input_tokens=100, output_tokens=20)}
    values: dict[str, Any] = {
        "decision": decision(mode),
        "reply": f"reply {number}",
        "usage": usage,
        "seconds": number,
    }
    return Turn(number=number, candidate=candidate, **{**values, **fields})


def run(*turns: Turn, **values: Any) -> str:
    result = result_json({"turns": list(turns), "answer": "1", "outcome": "returned", **values})
    result |= {"question": "q", "models": {"task": "m"}}
    return page(
        result, [[SentMessage("user", "the prompt")]] * len(turns), datetime(2026, 11, 30, tzinfo=UTC)
    )


PRINTED = ExecutionResult(status=ExecutionStatus.OK, stdout="1", stderr="", wall_seconds=0.1)
CONFIRMED = AnswerReport(verdict=Verdict.CONFIRMED, reason="r")
PAGE = run(
    turn(1, program=PROGRAM, execution=PRINTED),
    turn(2, candidate=1, mode=Mode.TEXT, reports={"dates": CONFIRMED}),
    turn(3, program=PROGRAM, execution=PRINTED, answer_report=CONFIRMED),
    decision=decision(action=Action.RETURN),
)


def strip(html: str) -> list[str]:
    """The lines of the strip, without markup."""
    (nav,) = re.findall(r'<nav aria-label="Waves and turns of the run">(.*?)</nav>', html)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", line)).strip() for line in nav.split("<li>")[1:]]


def test_the_strip_shows_waves_nodes_seconds_and_tokens() -> None:
    assert strip(PAGE) == [
        "Wave 1 guide",
        "Turn 1 code · ok 1.0 s · 120 tokens write_program → execute → record",
        "Turn 2 text · answered 2.0 s · 120 tokens write_text → check_dates → record",
        "Wave 2 guide",
        "Turn 3 code · confirmed 3.0 s · 120 tokens write_program → execute → check_answer → record",
        "End returned guide → finish",
    ]
    assert re.findall(r"class='time' style='width: (\d+)%'", PAGE) == ["33", "67", "100"]


def test_a_run_that_a_limit_ended_has_no_last_decision() -> None:
    assert strip(run(turn(1), outcome="turn_limit"))[-1] == "End turn limit finish"
    assert strip(run(outcome="failed")) == ["End failed finish"]


def test_every_link_of_the_strip_leads_to_a_named_section() -> None:
    for link in re.findall(r"<a class='step[^']*' href='#([^']*)'", PAGE):
        assert (
            f"<section class='turn' id='{link}' aria-labelledby='{link}-title'><h2 id='{link}-title'>" in PAGE
        )
    assert PAGE.count("<a class='step") == 3


def test_programs_can_be_scrolled_by_keyboard_and_their_line_numbers_are_not_read_aloud() -> None:
    assert PAGE.count("<pre tabindex='0' role='region' aria-label='program'>") == 2
    assert PAGE.count('class="linenos"') == PAGE.count("""class="linenos" aria-hidden='true'""") == 4


def test_without_a_script_there_are_no_buttons() -> None:
    assert "<button" not in PAGE


CLICK = """
let copied = '';
Object.defineProperty(navigator, 'clipboard', {value: {writeText: async (text) => { copied += text + '|'; }}});
addEventListener('load', () => {
  for (const button of document.querySelectorAll('.copy')) button.click();
  setTimeout(() => { document.title = copied + document.querySelector('[role=status]').textContent; }, 100);
});
"""


@needs_chromium
def test_programs_prompts_and_replies_can_be_copied(tmp_path: Path) -> None:
    html = shown(PAGE.replace("<main>", f"<script>{CLICK}</script><main>"), tmp_path, "0")
    (title,) = re.findall(r"<title>(.*?)</title>", html, re.DOTALL)
    parts = [part.strip() for part in title.replace("&lt;", "<").replace("&gt;", ">").split("|")]
    with_program = ["the prompt", PROGRAM, "reply {}"]
    expected = [*with_program, "the prompt", "reply {}", *with_program]
    numbers = iter("123")
    assert parts[:-1] == [part.format(next(numbers)) if "{}" in part else part for part in expected]
    assert html.count('aria-label="Copy program"') == 2
    assert parts[-1] == "Copied: reply"


@needs_chromium
def test_without_a_clipboard_there_are_no_buttons(tmp_path: Path) -> None:
    gone = "<script>Object.defineProperty(navigator, 'clipboard', {value: undefined})</script><main>"
    assert "<button" not in shown(PAGE.replace("<main>", gone), tmp_path, "0")


@needs_chromium
def test_the_page_works_from_a_file_and_runs_only_its_own_script(tmp_path: Path) -> None:
    html = shown(PAGE.replace("<main>", "<script>document.title = 'evil'</script><main>"), tmp_path)
    assert "<title>codesteer run</title>" in html
    assert html.count('class="copy"') == 8
