"""How a guide model is talked to: what it is shown, and how its reply is read."""

from collections.abc import Callable
from dataclasses import dataclass

from langchain_core.messages import BaseMessage

from codesteer.guides.decision import Situation
from codesteer.guides.parsing import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """A prompt format; a fine-tuned guide has to be asked in the one that it was trained on."""

    name: str
    conversation: Callable[[Situation], list[BaseMessage]]
    """The guide's side of the run; from turn to turn it only grows at the end."""
    read: Callable[[str, Situation, bool], Choice | None]
    """The choice in a reply, of which the third argument says whether it was cut off; None if there is none."""
    structured: bool
    """Whether the choice can also be asked for as structured output."""
