"""Prices of models, for budgets in money; the table is small, dated and meant to be overridden."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from codesteer.errors import ConfigurationError
from codesteer.settings import Settings

AS_OF = "2025-06"
"""Month of the providers' public price pages that the built-in figures were taken from."""


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens."""

    input: float
    output: float
    cached_input: float

    def of(self, input_tokens: int, cached_tokens: int, output_tokens: int) -> float:
        """US dollars for one call; cached tokens are part of the input tokens."""
        fresh = input_tokens - cached_tokens
        millionths = fresh * self.input + cached_tokens * self.cached_input + output_tokens * self.output
        return millionths / 1e6


BUILT_IN = {
    "gpt-4o": Price(2.50, 10.00, 1.25),
    "gpt-4o-mini": Price(0.15, 0.60, 0.075),
    "gpt-4.1": Price(2.00, 8.00, 0.50),
    "gpt-4.1-mini": Price(0.40, 1.60, 0.10),
    "o3": Price(2.00, 8.00, 0.50),
    "o4-mini": Price(1.10, 4.40, 0.275),
    "claude-sonnet-4": Price(3.00, 15.00, 0.30),
    "deepseek-chat": Price(0.27, 1.10, 0.07),
    "deepseek-reasoner": Price(0.55, 2.19, 0.14),
}


def price_of(model: str) -> Price | None:
    """Look a model up by its name, with or without a date behind it; None where no price is known."""
    table = BUILT_IN | _overrides(Settings.from_environment().prices)
    matches = [name for name in table if model == name or model.startswith(f"{name}-2")]
    return table[max(matches, key=len)] if matches else None


@lru_cache
def _overrides(path: Path | None) -> dict[str, Price]:
    if path is None:
        return {}
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return {
            name: Price(entry["input"], entry["output"], entry.get("cached_input", entry["input"]))
            for name, entry in entries.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"CODESTEER_PRICES: {path} is not a JSON map of name to {{input, output}}: {error}"
        raise ConfigurationError(message) from error
