"""Voting: independent programs for the same prompt, and the answer that most of them print (self-consistency)."""

import re
from typing import Any

from codesteer.errors import ConfigurationError
from codesteer.evals.methods.names import DEFAULT_REFERENCE, TOKEN_VOTE
from codesteer.graph.builder import Graph
from codesteer.graph.workflow import create_codesteer
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.guides.port import Guide, GuideInput
from codesteer.nodes.runtime import Resources

FORM = re.compile(r"vote:(\d{1,3})")
FEWEST, MOST = 2, 8
MAX_PROGRAMS, MAX_WAVE = 20, 8
"""The most turns, and the most candidates of one decision, that a context allows."""


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
        written = len(guide_input.attempts)
        wave = min(self._programs - written, guide_input.candidates)
        return _decision(self.name, guide_input, wave, f"{written} of {self._programs} programs are written")


class TokenVotingGuide:
    """Ask for independent programs while tokens are left, then return.

    The first wave is one program, which shows what a program costs. A later wave has as many programs as the tokens
    left pay for at the mean cost so far, and at least one.
    """

    name = TOKEN_VOTE

    async def decide(self, guide_input: GuideInput) -> Decision:
        """Decide at once; call no model."""
        written, used, left = len(guide_input.attempts), guide_input.tokens_used, guide_input.tokens_left or 0
        if not written:
            return _decision(self.name, guide_input, 1, f"no program is written; {left} tokens are left")
        affordable = max(1, left * written // used) if used and left > 0 else 0
        wave = min(affordable, guide_input.candidates)
        return _decision(
            self.name, guide_input, wave, f"{written} programs used {used} tokens; {left} are left"
        )


def _decision(name: str, guide_input: GuideInput, wave: int, reason: str) -> Decision:
    """Ask for a wave of programs, or return if it is empty."""
    return Decision(
        action=Action.CODE if wave > 0 else Action.RETURN,
        mode=Mode.CODE,
        start_over=bool(guide_input.attempts) and wave > 0,
        candidates=max(1, wave),
        reason=reason,
        guide=name,
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


def voting_reference(name: str) -> str | None:
    """Return the reference of a method named ``vote:tokens`` or ``vote:tokens:METHOD``; None for another name.

    Raises:
        ConfigurationError: METHOD is missing, or has no tokens of its own.
    """
    if name == TOKEN_VOTE:
        return DEFAULT_REFERENCE
    kind, separator, reference = name.partition(f"{TOKEN_VOTE}:")
    if kind or not separator:
        return None
    if not reference or reference.startswith(TOKEN_VOTE):
        raise ConfigurationError(
            f"{name}: name the method whose tokens are the budget, such as {TOKEN_VOTE}:{DEFAULT_REFERENCE}"
        )
    return reference


def voting_settings(programs: int, wave: int | None = None) -> dict[str, Any]:
    """Return the context fields of a vote: no checker, and a turn per program.

    There is one turn more where a context allows it, so that the guide ends the run and not the turn limit.
    """
    return {
        "max_turns": min(programs + 1, MAX_PROGRAMS),
        "candidates": wave or programs,
        "check_code": False,
        "check_answer": False,
    }


def build_voting(guide: Guide, resources: Resources) -> Graph:
    """Build the steering graph with a guide that only counts."""
    return create_codesteer(task_model=resources.task_model, guide=guide, sandbox=resources.sandbox)
