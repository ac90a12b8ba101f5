"""Show a run live in the terminal: a panel per finished turn and a status line."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.status import Status
from rich.syntax import Syntax
from rich.text import Text

from codesteer.cli.result import printable
from codesteer.graph.state import Turn
from codesteer.graph.values import read_state
from codesteer.guides.evidence import describe_execution
from codesteer.guides.truncation import truncate_middle
from codesteer.models.usage import total

MAX_CHARACTERS = 3000
VERDICT_STYLES = {"confirmed": "green", "refuted": "red", "unclear": "yellow"}
PROGRESS_LABELS = {
    "guiding": "waiting for the guide",
    "generating": "waiting for the task model",
    "executing": "running the program",
    "checking": "checking the answer",
}


class LiveView:
    """Shows events in a status line and finished turns as panels."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._shown_turns = 0
        self._status = Status("starting", console=console)

    def __enter__(self) -> "LiveView":
        self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    @contextmanager
    def paused(self) -> Iterator[Console]:
        """Hide the status line during prompts."""
        self._status.stop()
        try:
            yield self._console
        finally:
            self._status.start()

    def part(self, part: Mapping[str, Any]) -> None:
        """Show a part of the graph's stream (modes ``custom`` and ``values``, version 2)."""
        if part["type"] == "custom":
            self.event(part["data"])
        elif part["type"] == "values":
            self.turns(read_state(part["data"]).get("turns", []))

    def event(self, event: dict[str, Any]) -> None:
        """Show a progress event."""
        if label := PROGRESS_LABELS.get(event["event"]):
            self._status.update(f"turn {event['turn']}: {label} …")
        elif event["event"] == "failed":
            self._console.print(Text(f"failed: {printable(event['error'])}", style="red"))

    def turns(self, turns: list[Turn]) -> None:
        """Show the turns that have not been shown yet."""
        for turn in turns[self._shown_turns :]:
            self._console.print(turn_panel(turn))
        self._shown_turns = max(self._shown_turns, len(turns))


def turn_panel(turn: Turn) -> Panel:
    """Return a panel with a turn's guidance, program or text, output, reports and cost."""
    parts: list[RenderableType] = [_guidance(turn)]
    if turn.program is not None:
        parts.append(
            Syntax(truncate_middle(printable(turn.program), MAX_CHARACTERS), "python", word_wrap=True)
        )
    else:
        parts.append(Text(truncate_middle(printable(turn.reply), MAX_CHARACTERS)))
    if turn.execution is not None:
        parts.append(Text(printable(describe_execution(turn.execution)), style="cyan"))
    parts += _reports(turn)
    used = total(turn.usage)
    cost = f"{used.input_tokens} tokens in ({used.cached_tokens} cached), {used.output_tokens} out"
    wanted = turn.decision.candidates
    candidate = f" · candidate {turn.candidate + 1} of {wanted}" if wanted > 1 else ""
    title = f"turn {turn.number} · {turn.mode}{candidate}"
    return Panel(Group(*parts), title=title, subtitle=f"{cost}, {turn.seconds:.1f} s")


def _guidance(turn: Turn) -> Text:
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
