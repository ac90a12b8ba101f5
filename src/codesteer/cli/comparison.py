"""Two branches of a run side by side, for the terminal and as JSON."""

from typing import Any

from rich.table import Table
from rich.text import Text

from codesteer.cli import result
from codesteer.cli.result import printable
from codesteer.cli.verdicts import Verdicts
from codesteer.graph.state import Turn
from codesteer.guides.decision import Decision
from codesteer.guides.evidence import clip
from codesteer.replay import Branch, Replay

LONGEST = 300


def comparison(replay: Replay, verdicts: Verdicts | None) -> Table:
    """Return both branches as the columns of a table; rows that differ stand out."""
    table = Table(
        "", "as it was", "replayed", title=f"turn {replay.turn} with another decision", show_lines=True
    )
    sides = [_column(side, verdicts) for side in (replay.original, replay.other)]
    for name in dict.fromkeys([*sides[0], *sides[1]]):
        left, right = (side.get(name, "") for side in sides)
        table.add_row(name, Text(left), Text(right, style="bold" if left != right else ""))
    return table


def as_json(replay: Replay, verdicts: Verdicts | None, pair: dict[str, Any] | None) -> dict[str, Any]:
    """Return what ``codesteer replay --json`` prints."""
    return {
        "question": replay.situation.question,
        "turn": replay.turn,
        "original": _branch_json(replay.original, verdicts),
        "replay": _branch_json(replay.other, verdicts),
        "pair": pair,
    }


def _column(branch: Branch, verdicts: Verdicts | None) -> dict[str, str]:
    used = branch.total_usage
    rows = {
        "thread": branch.thread,
        "decision": _decision(branch.decision),
        "answer": clip(printable(branch.answer), LONGEST) or "none",
        "outcome": branch.outcome.replace("_", " "),
    }
    if verdicts is not None:
        rows["verdict"] = "right" if verdicts.is_right(branch.answer) else "wrong"
    rows["turns"] = "\n".join(_turn(turn) for turn in branch.turns)
    rows["tokens"] = f"{used.input_tokens} in, {used.output_tokens} out, {used.calls} calls"
    rows["seconds"] = f"{branch.seconds:.1f}"
    return rows


def _decision(decision: Decision) -> str:
    told = f": {clip(printable(decision.guidance), LONGEST)}" if decision.guidance else ""
    return f"{decision.action}{told}"


def _turn(turn: Turn) -> str:
    verdict = f", {turn.answer_report.verdict}" if turn.answer_report else ""
    answer = clip(printable(turn.answer), LONGEST) if turn.answer is not None else "no answer"
    return f"{turn.number} {turn.mode}: {answer}{verdict}"


def _branch_json(branch: Branch, verdicts: Verdicts | None) -> dict[str, Any]:
    values = {
        "answer": branch.answer,
        "outcome": branch.outcome,
        "turns": branch.turns,
        "decision": branch.decision,
        "usage": branch.usage,
    }
    verdict = verdicts and ("right" if verdicts.is_right(branch.answer) else "wrong")
    facts = {"thread": branch.thread, "verdict": verdict, "seconds": branch.seconds}
    return facts | result.as_json(values)
