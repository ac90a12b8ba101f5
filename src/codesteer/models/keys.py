"""Find the key for an endpoint: only the one configured for it."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from codesteer.config_file import read_table
from codesteer.errors import ConfigurationError
from codesteer.models.address import Address, parse_address
from codesteer.models.endpoint_pattern import EndpointPattern, parse_endpoint_pattern

VARIABLE = "CODESTEER_ENDPOINT_KEYS"
OPENAI_KEY, OPENAI_BASE = "OPENAI_API_KEY", "OPENAI_BASE_URL"


@dataclass(frozen=True, slots=True)
class KeyRule:
    """An endpoint pattern, and the environment variable that holds its key."""

    pattern: EndpointPattern
    variable: str


def endpoint_key(address: Address) -> str | None:
    """Return the key configured for an endpoint; None without one. Reads the operator's file.

    ``OPENAI_API_KEY`` is used for the host of ``OPENAI_BASE_URL`` only.

    Raises:
        ConfigurationError: the configuration is invalid, or the variable it names is empty.
    """
    for rule in sorted(_rules(), key=lambda rule: len(rule.pattern.address.path), reverse=True):
        if rule.pattern.matches(address):
            return _value(rule)
    base = os.environ.get(OPENAI_BASE)
    if base and parse_address(base, OPENAI_BASE).origin == address.origin:
        return os.environ.get(OPENAI_KEY) or None
    return None


def _value(rule: KeyRule) -> str:
    value = os.environ.get(rule.variable)
    if not value:
        raise ConfigurationError(
            f"{rule.variable} is empty; set it to the key for {rule.pattern.address.url}, or remove it from {VARIABLE}"
        )
    return value


def _rules() -> Iterator[KeyRule]:
    pairs = {**_texts(read_table("endpoint_keys")), **_pairs(os.environ.get(VARIABLE, ""))}
    for pattern, variable in pairs.items():
        if not variable.isidentifier():
            raise ConfigurationError(
                f"{VARIABLE}: write an environment variable's name after each endpoint, not the key itself"
            )
        yield KeyRule(parse_endpoint_pattern(pattern, f"an endpoint in {VARIABLE}"), variable)


def _texts(table: Mapping[str, object]) -> dict[str, str]:
    return {str(pattern): str(variable) for pattern, variable in table.items()}


def _pairs(text: str) -> dict[str, str]:
    entries = [entry.strip() for entry in text.split(",") if entry.strip()]
    pairs = dict(entry.rpartition("=")[::2] for entry in entries)
    return {pattern.strip(): variable.strip() for pattern, variable in pairs.items()}
