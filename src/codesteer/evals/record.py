"""What a run of a method leaves behind for the report: plain values that go into an Inspect log and come back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from codesteer.graph.state import Turn
from codesteer.models.usage import Usage

RECORD = "codesteer"
"""Key of a run's record in a sample's metadata."""
ANSWER_LENGTH = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRecord:
    """One turn in a few words."""

    action: str
    guided: str
    """The mode that was asked for, ``text`` or ``code``."""
    mode: str
    """The mode of the reply."""
    answer: str | None
    status: str | None = None
    """How the program ended."""
    origin: str | None = None
    """Where the answer came from, by the symbolic checker."""
    verdict: str | None = None
    """The self-answer checker's."""
    fallback: bool = False
    """The rules decided because the guide's reply could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One problem as one method worked on it."""

    outcome: str
    """The graph's outcome, or ``context_overflow``."""
    answer: str
    turns: tuple[TurnRecord, ...] = ()
    usage: Mapping[str, Usage] = field(default_factory=dict)
    """By role: task, guide, checker."""
    model_seconds: float = 0.0
    """Time the models took; a reply from Inspect's cache counts what it took at first."""
    sandbox_seconds: float = 0.0

    @property
    def total(self) -> Usage:
        """Usage over all roles."""
        return sum(self.usage.values(), Usage())

    @property
    def seconds(self) -> float:
        """Work on the problem: models and programs, without waiting for a free place."""
        return self.model_seconds + self.sandbox_seconds


def record_of(state: Mapping[str, Any], outcome: str, model_seconds: float) -> RunRecord:
    """Shorten a graph's final state."""
    turns: Sequence[Turn] = state.get("turns", [])
    return RunRecord(
        outcome=outcome,
        answer=(state.get("answer") or "")[:ANSWER_LENGTH],
        turns=tuple(turn_record(turn) for turn in turns),
        usage={role: used for role, used in state.get("usage", {}).items() if used.calls},
        model_seconds=round(model_seconds, 3),
        sandbox_seconds=round(sum(_program_seconds(turn) for turn in turns), 6),
    )


def turn_record(turn: Turn) -> TurnRecord:
    """Shorten a turn."""
    report = turn.answer_report
    return TurnRecord(
        action=turn.decision.action.value,
        guided=turn.decision.mode.value,
        mode=turn.mode.value,
        answer=turn.answer[:ANSWER_LENGTH] if turn.answer is not None else None,
        status=turn.execution.status.value if turn.execution else None,
        origin=turn.code_report.answer_origin if turn.code_report else None,
        verdict=report.verdict.value if report else None,
        fallback=bool(turn.decision.fallback),
    )


def to_json(record: RunRecord) -> dict[str, Any]:
    """The record as plain JSON values."""
    return dict(_adapter().dump_python(record, mode="json"))


def from_json(values: Mapping[str, Any]) -> RunRecord:
    """Read what ``to_json`` gave."""
    return _adapter().validate_python(values)


def answers_by_turn(values: Mapping[str, Any] | None) -> list[str]:
    """Each turn's answer as a verifier reads it: marked where a program printed it."""
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
