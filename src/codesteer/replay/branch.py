"""The two branches of a replay: the decision and its result."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codesteer.graph.state import Outcome, Turn, is_finished
from codesteer.guides.attempt import lost_candidates
from codesteer.guides.decision import Decision
from codesteer.guides.port import GuideInput
from codesteer.models.usage import Usage, UsageByRole, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A finished run, and the decision that distinguishes it from the other branch."""

    thread: str
    """The thread that holds the run."""
    decision: Decision
    """The decision at the turn where the branches diverge."""
    answer: str
    outcome: Outcome
    turns: tuple[Turn, ...]
    """All turns, including those before the fork."""
    usage: UsageByRole

    @property
    def total_usage(self) -> Usage:
        """Usage of all models."""
        return total(self.usage)

    @property
    def seconds(self) -> float:
        """Total time of the turns."""
        return sum(turn.seconds for turn in self.turns)

    @property
    def is_disturbed(self) -> bool:
        """Whether the end may be due to a failure of a model or the sandbox: its answer then shows nothing.

        Either the run failed or did not finish, or a wave went on without a candidate whose request failed. A spent
        budget is a result.
        """
        if self.outcome == "budget_spent":
            return False
        return lost_candidates(self.turns) or not is_finished({"outcome": self.outcome})


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A run as it was, and with another decision at one turn."""

    guide_input: GuideInput
    """The input of the guide when it decided."""
    turn: int
    """The turn whose decision was forced; 1 is the first."""
    original: Branch
    other: Branch


def read_branch(thread: str, decision: Decision, values: Mapping[str, Any]) -> Branch:
    """Read a branch from the state of a finished run."""
    return Branch(
        thread=thread,
        decision=decision,
        answer=values["answer"],
        outcome=values["outcome"],
        turns=tuple(values["turns"]),
        usage=values["usage"],
    )
