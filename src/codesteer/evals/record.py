"""The record of a run: plain values that are stored in Inspect logs and read back for the report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from codesteer.experience.recall import Recall
from codesteer.graph.state import Turn
from codesteer.models.usage import Usage

RECORD_KEY = "codesteer"
"""Key of the record in a sample's metadata."""
TOKENS_ALLOWED_KEY = "tokens_allowed"
"""Key of a paired token budget in a sample's metadata."""
PLACE_KEY = "place"
"""Key of a problem's place in a stream in its sample's metadata."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRecord:
    """The summary of a turn."""

    action: str
    guided: str
    """The mode that the guide asked for, ``text`` or ``code``."""
    mode: str
    """The mode of the reply."""
    answer: str | None
    """Whole, as it is scored; the graph limits its length."""
    status: str | None = None
    """Status of the program's execution."""
    origin: str | None = None
    """Origin of the answer, from the symbolic checker."""
    verdict: str | None = None
    """Verdict of the self-answer checker."""
    fallback: bool = False
    """Whether the rules decided because the guide's reply was unreadable."""
    recalled: str = ""
    """Key of the remembered program that was run; empty if the task model was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """The result of one method on one problem."""

    outcome: str
    """The graph's outcome, or ``context_overflow``."""
    answer: str
    turns: tuple[TurnRecord, ...] = ()
    usage: Mapping[str, Usage] = field(default_factory=dict)
    """By role: task, guide, checker."""
    model_seconds: float = 0.0
    """Time of the models; a reply from Inspect's cache counts its original time."""
    sandbox_seconds: float = 0.0
    tokens_allowed: int | None = None
    """The tokens that the reference method used on this problem; None without a paired budget."""
    experience_note: str = ""
    """Why the run could not recall or learn; empty if it could."""

    @property
    def total(self) -> Usage:
        """Usage over all roles."""
        return sum(self.usage.values(), Usage())

    @property
    def seconds(self) -> float:
        """Time of models and programs, without time in the queue."""
        return self.model_seconds + self.sandbox_seconds


def run_record(
    state: Mapping[str, Any], outcome: str, model_seconds: float, tokens_allowed: int | None = None
) -> RunRecord:
    """Summarise a graph's final state."""
    turns: Sequence[Turn] = state.get("turns", [])
    experience: Recall | None = state.get("experience")
    return RunRecord(
        outcome=outcome,
        answer=state.get("answer") or "",
        turns=tuple(turn_record(turn) for turn in turns),
        usage={role: used for role, used in state.get("usage", {}).items() if used.calls},
        model_seconds=round(model_seconds, 3),
        sandbox_seconds=round(sum(_program_seconds(turn) for turn in turns), 6),
        tokens_allowed=tokens_allowed,
        experience_note=experience.note if experience else "",
    )


def turn_record(turn: Turn) -> TurnRecord:
    """Summarise a turn."""
    report = turn.answer_report
    return TurnRecord(
        action=turn.decision.action.value,
        guided=turn.decision.mode.value,
        mode=turn.mode.value,
        answer=turn.answer,
        status=turn.execution.status.value if turn.execution else None,
        origin=turn.code_report.answer_origin if turn.code_report else None,
        verdict=report.verdict.value if report else None,
        fallback=bool(turn.decision.fallback),
        recalled=turn.recalled.key if turn.recalled else "",
    )


def to_json(record: RunRecord) -> dict[str, Any]:
    """Return the record as plain JSON values."""
    return dict(_adapter().dump_python(record, mode="json"))


def from_json(values: Mapping[str, Any]) -> RunRecord:
    """Restore a record from the values that ``to_json`` returned."""
    return _adapter().validate_python(values)


def answers_by_turn(values: Mapping[str, Any] | None) -> list[str]:
    """Return each turn's answer as a verifier expects it: marked if a program printed it."""
    turns = from_json(values).turns if values else ()
    return [
        f"<<<{turn.answer}>>>" if turn.mode == "code" and turn.answer else turn.answer or "" for turn in turns
    ]


def _program_seconds(turn: Turn) -> float:
    checked = turn.answer_report.execution if turn.answer_report else None
    return sum(execution.wall_seconds for execution in (turn.execution, checked) if execution)


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[RunRecord]:
    return TypeAdapter(RunRecord)
