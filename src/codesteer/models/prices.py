"""Prices of models, for budgets in money: the table of the package genai-prices, and the user's own before it."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from codesteer.errors import ConfigurationError
from codesteer.settings import Settings

PROVIDERS = {
    "azure_ai": "azure",
    "azure_openai": "azure",
    "bedrock": "aws",
    "bedrock_converse": "aws",
    "google_genai": "google",
    "google_vertexai": "google",
    "mistralai": "mistral",
    "xai": "x-ai",
}
"""LangChain's provider names that the table calls differently."""
LONGEST = 200
"""Characters of a name that is looked up."""


class Price(Protocol):
    """What a model costs."""

    def of(self, input_tokens: int, cached_tokens: int, output_tokens: int) -> float:
        """US dollars for one call; cached tokens are part of the input tokens."""
        ...


@dataclass(frozen=True, slots=True)
class OwnPrice:
    """US dollars per million tokens, as the user gave them."""

    input: float
    output: float
    cached_input: float

    def of(self, input_tokens: int, cached_tokens: int, output_tokens: int) -> float:
        """US dollars for one call; cached tokens are part of the input tokens."""
        fresh = input_tokens - cached_tokens
        millionths = fresh * self.input + cached_tokens * self.cached_input + output_tokens * self.output
        return millionths / 1e6


@dataclass(frozen=True, slots=True)
class ListedPrice:
    """A price of the table, which may depend on the time and on the length of the prompt."""

    model: str
    provider: str | None = None

    def of(self, input_tokens: int, cached_tokens: int, output_tokens: int) -> float:
        """US dollars for one call; cached tokens are part of the input tokens.

        Raises:
            LookupError: the table does not have this model.
        """
        from genai_prices import Usage, calc_price

        used = Usage(
            input_tokens=input_tokens,
            cache_read_tokens=min(cached_tokens, input_tokens),
            output_tokens=output_tokens,
        )
        return float(calc_price(used, model_ref=self.model, provider_id=self.provider).total_price)


@lru_cache(maxsize=1)
def load_prices() -> None:
    """Read the tables from disk, which a look-up in an event loop must not do; once for each process."""
    price_of("gpt-4o")


def price_of(model: str) -> Price | None:
    """Look a model up by its name, with or without ``provider:`` before it; None where no price is known.

    The user's own prices (``CODESTEER_PRICES``) come first; they also hold for a name with a date behind it.

    Raises:
        ConfigurationError: the user's table cannot be read.
    """
    provider, _, name = model.rpartition(":")
    own = _own(Settings.from_environment().prices)
    matches = [known for known in own if known in (model, name) or name.startswith(f"{known}-2")]
    if matches:
        return own[max(matches, key=len)]
    return _listed(name[:LONGEST].removeprefix("models/"), PROVIDERS.get(provider, provider) or None)


def _listed(name: str, provider: str | None) -> Price | None:
    for where in dict.fromkeys((provider, None)):
        price = ListedPrice(name, where)
        try:
            price.of(0, 0, 0)
        except LookupError:
            continue
        return price
    return None


@lru_cache
def _own(path: Path | None) -> dict[str, OwnPrice]:
    if path is None:
        return {}
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return {
            name: OwnPrice(entry["input"], entry["output"], entry.get("cached_input", entry["input"]))
            for name, entry in entries.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"CODESTEER_PRICES: {path} is not a JSON map of name to {{input, output}}: {error}"
        raise ConfigurationError(message) from error
