"""The usage of models: calls, tokens, seconds and money."""

from dataclasses import dataclass, fields
from typing import Literal

from codesteer.ranges import MAX_NUMBER, Amount, Count

__all__ = ["Role", "Usage"]

Role = Literal["task", "guide", "checker"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Sums over model calls; add two with ``+``."""

    calls: Count = 0
    estimated_calls: Count = 0
    """Calls for which the endpoint did not report the tokens of prompt or reply, so that they are estimated."""
    input_tokens: Count = 0
    """Prompt tokens, including cached ones."""
    cached_tokens: Count = 0
    """Prompt tokens that the endpoint read from its cache."""
    output_tokens: Count = 0
    seconds: Amount = 0.0
    """Time spent waiting for models."""
    cost: Amount = 0.0
    """US dollars; calls of models without a known price count as 0."""

    @property
    def tokens(self) -> int:
        """Prompt and completion tokens."""
        return self.input_tokens + self.output_tokens

    def __add__(self, other: "Usage") -> "Usage":
        names = [field.name for field in fields(Usage)]
        return Usage(**{name: min(getattr(self, name) + getattr(other, name), MAX_NUMBER) for name in names})


UsageByRole = dict[Role, Usage]


def total(usage: UsageByRole) -> Usage:
    """Return the sum over all roles."""
    return sum(usage.values(), Usage())
