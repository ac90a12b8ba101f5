"""How to prompt a guide's model and parse its reply."""

from collections.abc import Callable
from dataclasses import dataclass

from langchain_core.messages import BaseMessage

from codesteer.guides.parsing import ParsedDecision
from codesteer.guides.port import GuideInput


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptFormat:
    """A prompt format; a fine-tuned guide needs the one that it was trained on."""

    name: str
    build_messages: Callable[[GuideInput], list[BaseMessage]]
    """Build the guide's conversation; it only grows at the end from turn to turn."""
    parse_reply: Callable[[str, GuideInput, bool], ParsedDecision | None]
    """Parse a reply; the third argument says whether it was truncated. None if there is no decision in it."""
    structured_output: bool
    """Whether the model may be asked for structured output."""
