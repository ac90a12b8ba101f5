"""Compare two branches of a run, as a table or as JSON."""

from typing import Any

from rich.table import Table
from rich.text import Text

from codesteer.cli import result
from codesteer.cli.grading import Grader
from codesteer.cli.result import printable
from codesteer.cli.view import origin
from codesteer.graph.state import Turn
from codesteer.guides.decision import Decision
from codesteer.guides.truncation import truncate_middle
from codesteer.replay import Branch, Replay

MAX_CHARACTERS = 300


def comparison_table(replay: Replay, grader: Grader | None) -> Table:
    """Return a table with a column per branch; differences are bold."""
    table = Table(
        "", "original", "replay", title=f"turn {replay.turn} with another decision", show_lines=True
    )
    columns = [_column(branch, grader) for branch in (replay.original, replay.other)]
    for name in dict.fromkeys([*columns[0], *columns[1]]):
        left, right = (column.get(name, "") for column in columns)
        table.add_row(name, Text(left), Text(right, style="bold" if left != right else ""))
    return table


def comparison_json(replay: Replay, grader: Grader | None, pair: dict[str, Any] | None) -> dict[str, Any]:
    """Return the output of ``codesteer replay --json``."""
    return {
        "question": replay.guide_input.question,
        "turn": replay.turn,
        "original": _branch_json(replay.original, grader),
        "replay": _branch_json(replay.other, grader),
        "pair": pair,
    }


def _column(branch: Branch, grader: Grader | None) -> dict[str, str]:
    used = branch.total_usage
    rows = {
        "thread": branch.thread,
        "decision": _decision(branch.decision),
        "answer": truncate_middle(printable(branch.answer), MAX_CHARACTERS) or "none",
        "outcome": branch.outcome.replace("_", " "),
    }
    if grader is not None:
        rows["grade"] = _grade(branch, grader) or "none: a failure disturbed the run"
    rows["turns"] = "\n".join(_turn(turn) for turn in branch.turns)
    rows["tokens"] = f"{used.input_tokens} in, {used.output_tokens} out, {used.calls} calls"
    rows["seconds"] = f"{branch.seconds:.1f}"
    return rows


def _grade(branch: Branch, grader: Grader | None) -> str | None:
    """Return the grade; None without a grader, and for a run that a failure disturbed."""
    return None if grader is None or branch.is_disturbed else grader.grade(branch.answer)


def _decision(decision: Decision) -> str:
    guidance = (
        f": {truncate_middle(printable(decision.guidance), MAX_CHARACTERS)}" if decision.guidance else ""
    )
    return f"{decision.action}{guidance}"


def _turn(turn: Turn) -> str:
    verdict = f", {turn.answer_report.verdict}" if turn.answer_report else ""
    answer = (
        truncate_middle(printable(turn.answer), MAX_CHARACTERS) if turn.answer is not None else "no answer"
    )
    return f"{turn.number} {origin(turn)}: {answer}{verdict}"


def _branch_json(branch: Branch, grader: Grader | None) -> dict[str, Any]:
    values = {
        "answer": branch.answer,
        "outcome": branch.outcome,
        "turns": branch.turns,
        "decision": branch.decision,
        "usage": branch.usage,
    }
    facts = {"thread": branch.thread, "grade": _grade(branch, grader), "seconds": branch.seconds}
    return facts | result.result_json(values)
