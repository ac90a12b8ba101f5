"""Show a run live in the terminal: what the models are writing, and a panel per finished turn."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any, cast

from langchain_core.messages import AIMessageChunk, BaseMessage
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.spinner import Spinner
from rich.syntax import Syntax
from rich.text import Text

from codesteer.cli.result import REMEMBERED, printable, tokens
from codesteer.graph.state import State, Turn, has_record_of_question
from codesteer.graph.values import read_state
from codesteer.guides.evidence import describe_execution
from codesteer.guides.truncation import truncate_middle
from codesteer.models.usage import total
from codesteer.replies.programs import text_before_code

MAX_CHARACTERS = 3000
WRITTEN_LINES = 6
"""Lines at the end of each unfinished reply that are shown."""
REFRESHES_PER_SECOND = 4
VERDICT_STYLES = {"confirmed": "green", "refuted": "red", "unclear": "yellow"}
PROGRESS_LABELS = {
    "guiding": "waiting for the guide",
    "generating": "waiting for the task model",
    "executing": "running the program",
    "checking": "checking the answer",
}
RUN_LABELS = {"recalling": "recalling experience", "learning": "learning from this run"}
"""Events that belong to no turn."""


class LiveView:
    """Shows what is going on, the ends of the replies being written, and finished turns as panels.

    Only a terminal shows more than the panels.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._start = time.monotonic()
        self._shown_turns = 0
        self._activity = "starting"
        self._replies: dict[str | None, str] = {}
        """The replies being written, by message id."""
        self._spinner = Spinner("dots")
        self._live = Live(
            console=console,
            get_renderable=self._renderable,
            refresh_per_second=REFRESHES_PER_SECOND,
            transient=True,
        )

    def __enter__(self) -> "LiveView":
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    @property
    def is_terminal(self) -> bool:
        """Whether there is a terminal, which shows replies while they are written."""
        return self._console.is_terminal

    @contextmanager
    def paused(self) -> Iterator[Console]:
        """Hide the activity during prompts."""
        self._live.stop()
        try:
            yield self._console
        finally:
            self._live.start()

    def part(self, part: Mapping[str, Any]) -> None:
        """Show a part of the graph's stream (modes ``custom``, ``messages`` and ``values``, version 2)."""
        if part["type"] == "custom":
            self.event(part["data"])
        elif part["type"] == "messages":
            self.message(part["data"][0])
        elif part["type"] == "values" and has_record_of_question(part["data"]):
            self.turns(cast(State, read_state(part["data"])).get("turns", []))

    def event(self, event: dict[str, Any]) -> None:
        """Show a progress event."""
        if label := PROGRESS_LABELS.get(event["event"]):
            self._activity = f"turn {event['turn']}: {label} …"
            if event["event"] != "generating":
                self._replies.clear()
        elif label := RUN_LABELS.get(event["event"]):
            self._activity = f"{label} …"
        elif event["event"] == "failed":
            self._console.print(Text(f"failed: {printable(event['error'])}", style="red"))

    def message(self, message: BaseMessage) -> None:
        """Show a piece of a reply."""
        if isinstance(message, AIMessageChunk):
            self._replies[message.id] = self._replies.get(message.id, "") + message.text

    def turns(self, turns: list[Turn]) -> None:
        """Show the turns that have not been shown yet."""
        for turn in turns[self._shown_turns :]:
            self._console.print(turn_panel(turn))
        self._shown_turns = max(self._shown_turns, len(turns))

    def _renderable(self) -> RenderableType:
        self._spinner.update(text=Text(f"{self._activity} {time.monotonic() - self._start:.0f} s"))
        return Group(self._spinner, *map(_end_of_reply, list(self._replies.values())))


def _end_of_reply(reply: str) -> Text:
    lines = printable(reply[-MAX_CHARACTERS:]).splitlines()[-WRITTEN_LINES:]
    return Text("\n".join(f"  {line}" for line in lines), style="dim", no_wrap=True, overflow="ellipsis")


def turn_panel(turn: Turn) -> Panel:
    """Return a panel with a turn's guidance, program or text, output, reports and cost."""
    parts: list[RenderableType] = [_guidance(turn)]
    if turn.program is not None:
        if words := text_before_code(turn.reply):
            parts.append(Text(truncate_middle(printable(words), MAX_CHARACTERS), style="dim"))
        parts.append(
            Syntax(truncate_middle(printable(turn.program), MAX_CHARACTERS), "python", word_wrap=True)
        )
    else:
        parts.append(Text(truncate_middle(printable(turn.reply), MAX_CHARACTERS)))
    if turn.execution is not None:
        parts.append(Text(printable(describe_execution(turn.execution)), style="cyan"))
    parts += _reports(turn)
    used = total(turn.usage)
    cost = tokens(asdict(used))
    wanted = turn.decision.candidates
    candidate = f" · candidate {turn.candidate + 1} of {wanted}" if wanted > 1 else ""
    title = f"turn {turn.number} · {origin(turn)}{candidate}"
    return Panel(Group(*parts), title=title, subtitle=f"{cost}, {turn.seconds:.1f} s")


def origin(turn: Turn) -> str:
    """Return where a turn's answer comes from: code or text of the task model, or a remembered program."""
    return turn.mode if turn.recalled is None else REMEMBERED


def _guidance(turn: Turn) -> Text:
    if turn.recalled is not None:
        return Text.assemble((f"{REMEMBERED} ", "bold"), turn.recalled.description)
    decision = turn.decision
    guidance = f": {printable(decision.guidance)}" if decision.guidance else ""
    source = f"{decision.guide}, {decision.fallback}" if decision.fallback else decision.guide
    return Text.assemble(
        ("guide ", "bold"),
        (f"{decision.action}", "bold magenta"),
        guidance,
        f" ({source}: {printable(decision.reason)})",
    )


def _reports(turn: Turn) -> list[Text]:
    lines = []
    if turn.code_report is not None:
        report = turn.code_report
        line = f"answer {report.answer_origin}, complexity {report.complexity:.1f}"
        lines.append(Text.assemble(("code ", "bold"), line))
        lines += [Text(f"  {finding.message}", style="yellow") for finding in report.findings]
    for name, check in turn.answer_reports.items():
        verdict = check.verdict.value
        reason = f": {printable(check.reason)}" if check.reason else ""
        lines.append(Text.assemble((f"{name} ", "bold"), (verdict, VERDICT_STYLES[verdict]), reason))
    return lines
