"""Two branches of one run: what was decided and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codesteer.graph.state import Outcome, Turn
from codesteer.guides.decision import Decision, Situation
from codesteer.models.usage import Usage, UsageByRole, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A finished run and the decision in it that sets it apart from the other branch."""

    thread: str
    """The thread that keeps it."""
    decision: Decision
    """The decision at the turn where the branches part."""
    answer: str
    outcome: Outcome
    turns: tuple[Turn, ...]
    """All turns, those before the fork included."""
    usage: UsageByRole

    @property
    def used(self) -> Usage:
        """What all models cost together."""
        return total(self.usage)

    @property
    def seconds(self) -> float:
        """Time spent working."""
        return sum(turn.seconds for turn in self.turns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A run as it was, and as it goes with another decision at one turn."""

    situation: Situation
    """What the guide knew when it decided."""
    turn: int
    """The turn whose decision was forced; 1 is the first."""
    original: Branch
    other: Branch


def branch(thread: str, decision: Decision, values: Mapping[str, Any]) -> Branch:
    """Read a branch from the state of a finished run."""
    return Branch(
        thread=thread,
        decision=decision,
        answer=values["answer"],
        outcome=values["outcome"],
        turns=tuple(values["turns"]),
        usage=values["usage"],
    )
