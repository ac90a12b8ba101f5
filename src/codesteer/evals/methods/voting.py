"""Voting: independent programs for the same prompt, and the answer that most of them print (self-consistency)."""

import re
from typing import Any

from codesteer.errors import ConfigurationError
from codesteer.graph.workflow import Graph, create_codesteer
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.guides.port import GuideInput
from codesteer.nodes.runtime import Resources

FORM = re.compile(r"vote:(\d{1,3})")
FEWEST, MOST = 2, 8


class VotingGuide:
    """Ask for a number of independent programs, in waves as wide as the run allows, then return.

    The task model gets the prompt of the method ``code``; the first program is greedy where the model is, the others
    are sampled.
    """

    def __init__(self, programs: int) -> None:
        self.name = f"vote:{programs}"
        self._programs = programs

    async def decide(self, guide_input: GuideInput) -> Decision:
        """Decide at once; call no model."""
        missing = self._programs - len(guide_input.attempts)
        candidates = min(missing, guide_input.candidates)
        return Decision(
            action=Action.CODE if missing > 0 else Action.RETURN,
            mode=Mode.CODE,
            start_over=bool(guide_input.attempts) and missing > 0,
            candidates=max(1, candidates),
            reason=f"{len(guide_input.attempts)} of {self._programs} programs are written",
            guide=self.name,
        )


def voting_programs(name: str) -> int | None:
    """Return how many programs a method named ``vote:N`` asks for; None for another name.

    Raises:
        ConfigurationError: N is out of range.
    """
    if (form := FORM.fullmatch(name)) is None:
        return None
    programs = int(form[1])
    if not FEWEST <= programs <= MOST:
        raise ConfigurationError(f"{name}: give a number of programs from {FEWEST} to {MOST}")
    return programs


def voting_settings(programs: int) -> dict[str, Any]:
    """Return the context fields of a vote: one turn per program, no checker."""
    return {"max_turns": programs, "candidates": programs, "check_code": False, "check_answer": False}


def build_voting(programs: int, resources: Resources) -> Graph:
    """Build the steering graph with a guide that only counts."""
    return create_codesteer(
        task_model=resources.task_model, guide=VotingGuide(programs), sandbox=resources.sandbox
    )
