"""The guide port: what a guide receives and what it has to implement."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from langchain_core.messages import BaseMessage

from codesteer.experience.recall import PlanHistory
from codesteer.guides.attempt import Attempt
from codesteer.guides.decision import Decision

__all__ = ["Guide", "GuideInput"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideInput:
    """What a guide bases its decision on."""

    question: str
    has_files: bool = False
    """Files come with the question, which only programs can read; the question names them."""
    history: Sequence[BaseMessage] = ()
    """The conversation before the question."""
    attempts: Sequence[Attempt] = ()
    """The task model's attempts."""
    recalled: Attempt | None = None
    """What a remembered program did on this question; None without one."""
    plans: Sequence[PlanHistory] = ()
    """How attempts at similar questions went, by mode."""
    turns_left: int
    candidates: int = 1
    """Maximum number of candidates that the decision may ask for."""
    tokens_used: int = 0
    """Tokens used in this run so far: input and output of all models."""
    tokens_left: int | None = None
    """Tokens left in the token budget; None without one."""
    instructions: str = ""
    """System prompt for a guide that is a model; empty: the template ``guide/system``."""


class Guide(Protocol):
    """Decides what the task model does next; never answers the question itself."""

    name: str

    async def decide(self, guide_input: GuideInput) -> Decision:
        """Make the next decision; raises ModelError if the guide's model fails."""
        ...
