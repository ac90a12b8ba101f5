"""A guide that classifies: one pass of a small model scores the choices, and templates word the best one."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Protocol

from langchain_core.messages import BaseMessage

from codesteer.guides.chat_model import guide_messages
from codesteer.guides.choices import Choice, decide_as, possible_choices
from codesteer.guides.decision import Decision
from codesteer.guides.port import GuideInput
from codesteer.models.classifier import Scored
from codesteer.models.usage import Usage


class ScoringModel(Protocol):
    """Scores the labels of a classifier for a conversation."""

    def score(self, messages: Sequence[BaseMessage]) -> "asyncio.Future[Scored]":
        """Return the scores of all labels; raises ModelError if the model fails."""
        ...


class ClassifyingGuide:
    """Steers with a classifier over the choices; it reads the same conversation as a guide that writes."""

    def __init__(self, model: ScoringModel, name: str) -> None:
        self.name = name
        self._model = model

    async def decide(self, guide_input: GuideInput) -> Decision:
        """Take the possible choice with the highest score; raises ModelError if the model fails."""
        start = time.perf_counter()
        scored = await self._model.score(guide_messages(guide_input))
        seconds = time.perf_counter() - start
        usage = Usage(calls=1, input_tokens=scored.input_tokens, seconds=seconds)
        best = max(possible_choices(guide_input.attempts), key=lambda choice: _score(scored.scores, choice))
        return decide_as(best, guide_input, self.name, usage)


def _score(scores: Mapping[str, float], choice: Choice) -> float:
    return scores.get(choice.value, float("-inf"))
