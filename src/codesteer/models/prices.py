"""Look up prices of models for budgets in money: the user's own prices, then those of genai-prices."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from codesteer.errors import ConfigurationError
from codesteer.settings import prices_file

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
"""LangChain's provider names that differ in genai-prices."""
MAX_PRICE = 1_000_000_000
"""US dollars per million tokens."""
MAX_NAME_LENGTH = 200
"""Characters of a model's name that are looked up."""


class Price(Protocol):
    """A model's price."""

    def cost(
        self, input_tokens: int, cached_tokens: int, output_tokens: int, written_tokens: int = 0
    ) -> float:
        """Return the US dollars for one call; input tokens include those read from the cache or written to it."""
        ...


@dataclass(frozen=True, slots=True)
class CustomPrice:
    """A user's own price, in US dollars per million tokens."""

    input: float
    output: float
    cached_input: float

    def cost(
        self, input_tokens: int, cached_tokens: int, output_tokens: int, written_tokens: int = 0
    ) -> float:
        """Return the US dollars for one call; tokens that are written to the cache cost as much as others."""
        uncached = input_tokens - cached_tokens
        total = uncached * self.input + cached_tokens * self.cached_input + output_tokens * self.output
        return total / 1e6


@dataclass(frozen=True, slots=True)
class ListedPrice:
    """A price from genai-prices, which may depend on the time and the length of the prompt."""

    model: str
    provider: str | None = None

    def cost(
        self, input_tokens: int, cached_tokens: int, output_tokens: int, written_tokens: int = 0
    ) -> float:
        """Return the US dollars for one call; input tokens include those read from the cache or written to it.

        Raises:
            LookupError: the price is unknown.
        """
        from genai_prices import Usage, calc_price

        usage = Usage(
            input_tokens=input_tokens,
            cache_read_tokens=cached_tokens,
            cache_write_tokens=written_tokens,
            output_tokens=output_tokens,
        )
        return float(calc_price(usage, model_ref=self.model, provider_id=self.provider).total_price)


@lru_cache(maxsize=1)
def load_prices() -> None:
    """Read the price tables from disk once per process, because lookups in an event loop must not block."""
    price_of("gpt-4o")


def price_of(model: str) -> Price | None:
    """Look up a model's price by its name, with or without ``provider:``; None if it is unknown.

    The user's own prices (``CODESTEER_PRICES``) take precedence; they also apply to names with a date suffix.

    Raises:
        ConfigurationError: the user's price file cannot be read.
    """
    provider, _, name = model.rpartition(":")
    custom = _custom_prices(prices_file())
    matches = [known for known in custom if known in (model, name) or name.startswith(f"{known}-2")]
    if matches:
        return custom[max(matches, key=len)]
    return _listed_price(
        name[:MAX_NAME_LENGTH].removeprefix("models/"), PROVIDERS.get(provider, provider) or None
    )


def _listed_price(name: str, provider: str | None) -> Price | None:
    for candidate in dict.fromkeys((provider, None)):
        price = ListedPrice(name, candidate)
        try:
            price.cost(0, 0, 0)
        except LookupError:
            continue
        return price
    return None


@lru_cache
def _custom_prices(path: Path | None) -> dict[str, CustomPrice]:
    if path is None:
        return {}
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return {name: _custom_price(entry) for name, entry in entries.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        message = (
            f"CODESTEER_PRICES: {path} must be a JSON object that maps names to {{input, output}}: {error}"
        )
        raise ConfigurationError(message) from error


def _custom_price(entry: dict[str, Any]) -> CustomPrice:
    values = (entry["input"], entry["output"], entry.get("cached_input", entry["input"]))
    return CustomPrice(*map(_dollars, values))


def _dollars(value: object) -> float:
    """Return a price; raises ValueError for anything else, with which a budget in money would never be spent."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_PRICE:
        raise ValueError(f"{value!r} is not a price between 0 and {MAX_PRICE:,} dollars")
    return float(value)
