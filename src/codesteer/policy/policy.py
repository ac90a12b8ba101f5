"""The operator's policy: models, endpoints and sandboxes that callers may name, and bounds on what a run may use."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, get_type_hints

from codesteer.config_file import read_table
from codesteer.errors import ConfigurationError
from codesteer.models.place import Place, read_place

PUBLIC = "public"
"""Stands in ``endpoints`` for every endpoint on the public internet."""
VARIABLES = "CODESTEER_POLICY_"
PROVIDERS = (
    "anthropic",
    "azure_ai",
    "azure_openai",
    "bedrock",
    "bedrock_converse",
    "cohere",
    "deepseek",
    "fireworks",
    "google_genai",
    "google_vertexai",
    "groq",
    "mistralai",
    "nvidia",
    "openai",
    "openrouter",
    "perplexity",
    "together",
    "xai",
)
"""Providers that answer from their own servers. Others load files or code, or pass a model's name on as an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What callers of a server may choose; each field is a setting ``CODESTEER_POLICY_<FIELD>``.

    The same names stand in the table ``policy`` of the file that ``CODESTEER_CONFIG`` names; variables win.
    Lists in variables are comma-separated. The defaults are those of a server.
    """

    models: tuple[str, ...] = ("local", *(f"{provider}:*" for provider in PROVIDERS))
    """Names of models and guides; ``*`` stands for any text."""
    endpoints: tuple[str, ...] = (PUBLIC,)
    """``http(s)://host:port``, with a path for this path alone, or with the port ``*``; ``public``: every endpoint on
    the public internet."""
    sandboxes: tuple[str, ...] = ("local", "e2b", "docker", "podman", "kubernetes")
    """Names of sandboxes; an image has to be listed, as in ``docker:python:3.13-slim``; ``*`` stands for any text."""
    max_turns: int = 20
    """Turns of a run."""
    max_tokens: int = 1_000_000
    """Tokens of a run, in and out over all models."""
    max_seconds: float = 1800.0
    """Seconds of work of a run."""
    max_cost: float | None = None
    """US dollars of a run; empty: no bound. With one, callers cannot choose models without a known price."""
    program_seconds: float = 120.0
    """Seconds of a program."""
    program_memory_mib: int = 4096
    """Mebibytes of a program."""

    @classmethod
    def of_server(cls) -> "Policy":
        """Read file and environment.

        Raises:
            ConfigurationError: a setting is unknown, or has a value that it cannot have.
        """
        given: dict[str, Any] = {}
        for name, value in {**_of_file(), **_of_environment()}.items():
            if name not in _KINDS:
                raise ConfigurationError(
                    f"policy: there is no setting {name!r}; there are {', '.join(_KINDS)}"
                )
            given[name] = _read(name, value)
        policy = cls(**given)
        policy.places()
        return policy

    def places(self) -> tuple[Place, ...]:
        """Return the endpoints that are listed by address; raises ConfigurationError where one is no address."""
        listed = (entry for entry in self.endpoints if entry != PUBLIC)
        return tuple(read_place(entry, f"an endpoint in {setting('endpoints')}") for entry in listed)


_KINDS: Mapping[str, Any] = get_type_hints(Policy)


def setting(field: str) -> str:
    """Return the variable that sets a field."""
    return VARIABLES + field.upper()


def _of_file() -> Mapping[str, Any]:
    return read_table("policy")


def _of_environment() -> Mapping[str, Any]:
    names = {name: name.removeprefix(VARIABLES).lower() for name in os.environ if name.startswith(VARIABLES)}
    return {field: os.environ[name] for name, field in names.items() if os.environ[name]}


def _read(name: str, value: Any) -> Any:
    kind = _KINDS[name]
    if kind == tuple[str, ...]:
        entries = value.split(",") if isinstance(value, str) else value
        if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
            raise ConfigurationError(f"{setting(name)} is a list of texts, not {value!r}")
        return tuple(entry.strip() for entry in entries if entry.strip())
    number = int if kind is int else float
    try:
        bound = number(value)
    except (TypeError, ValueError):
        bound = number(0)
    if not 0 < bound < float("inf") or isinstance(value, bool):
        raise ConfigurationError(f"{setting(name)} is {value!r}; give a number above 0")
    return bound


BOUNDS = tuple(field.name for field in fields(Policy) if _KINDS[field.name] != tuple[str, ...])
"""The fields that bound a field of the same name in a run's context."""
