"""Which key goes to which endpoint: only the one that was configured for it."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from codesteer.config_file import read_table
from codesteer.errors import ConfigurationError
from codesteer.models.address import Address, read_address
from codesteer.models.place import Place, read_place

VARIABLE = "CODESTEER_ENDPOINT_KEYS"
OPENAI_KEY, OPENAI_BASE = "OPENAI_API_KEY", "OPENAI_BASE_URL"


@dataclass(frozen=True, slots=True)
class KeyRule:
    """An endpoint, and the environment variable that holds its key."""

    place: Place
    variable: str


def endpoint_key(address: Address) -> str | None:
    """Return the key that was configured for an endpoint; None if none was. Reads the operator's file.

    ``OPENAI_API_KEY`` goes to the host of ``OPENAI_BASE_URL`` and to no other.

    Raises:
        ConfigurationError: the configuration is wrong, or the variable that it names is empty.
    """
    for rule in sorted(_rules(), key=lambda rule: len(rule.place.address.path), reverse=True):
        if rule.place.covers(address):
            return _value(rule)
    base = os.environ.get(OPENAI_BASE)
    if base and read_address(base, OPENAI_BASE).origin == address.origin:
        return os.environ.get(OPENAI_KEY) or None
    return None


def _value(rule: KeyRule) -> str:
    value = os.environ.get(rule.variable)
    if not value:
        raise ConfigurationError(
            f"{rule.variable} is empty; {VARIABLE} names it as the key of {rule.place.address.url}"
        )
    return value


def _rules() -> Iterator[KeyRule]:
    pairs = {**_texts(read_table("endpoint_keys")), **_pairs(os.environ.get(VARIABLE, ""))}
    for place, variable in pairs.items():
        if not variable.isidentifier():
            raise ConfigurationError(
                f"{VARIABLE}: what stands behind an endpoint must be the name of an environment variable, not a key"
            )
        yield KeyRule(read_place(place, f"an endpoint in {VARIABLE}"), variable)


def _texts(table: Mapping[str, object]) -> dict[str, str]:
    return {str(place): str(variable) for place, variable in table.items()}


def _pairs(text: str) -> dict[str, str]:
    entries = [entry.strip() for entry in text.split(",") if entry.strip()]
    pairs = dict(entry.rpartition("=")[::2] for entry in entries)
    return {place.strip(): variable.strip() for place, variable in pairs.items()}
