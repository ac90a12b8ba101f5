"""The operator's policy: the models, endpoints and sandboxes callers may choose, and the limits of a run."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, get_type_hints

from codesteer.config_file import read_table
from codesteer.errors import ConfigurationError
from codesteer.models.endpoint_pattern import EndpointPattern, parse_endpoint_pattern

__all__ = ["Policy"]

PUBLIC = "public"
"""In ``endpoints``: every endpoint on the public internet."""
VARIABLE_PREFIX = "CODESTEER_POLICY_"
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
"""Hosted providers. Others load files or code, or use the model's name as an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What callers of a server may choose.

    Each field is set by the variable ``CODESTEER_POLICY_<FIELD>``, where lists are comma-separated, or in the table
    ``policy`` of the file ``CODESTEER_CONFIG``. Variables take precedence.
    """

    models: tuple[str, ...] = ("local", *(f"{provider}:*" for provider in PROVIDERS))
    """Names of models and guides; ``*`` matches any text."""
    endpoints: tuple[str, ...] = (PUBLIC,)
    """``http(s)://host:port``, optionally with a path to allow only this path, or with ``*`` as the port; ``public``
    allows every endpoint on the public internet."""
    sandboxes: tuple[str, ...] = ("local", "e2b", "docker", "podman", "kubernetes")
    """Names of sandboxes, including the image, as in ``docker:python:3.13-slim``; ``*`` matches any text."""
    shared_experience: tuple[str, ...] = ()
    """Namespaces of experience that all users share, by their first label; in others, each user has his own."""
    max_turns: int = 20
    """Maximum turns of a run."""
    max_tokens: int = 1_000_000
    """Maximum tokens of a run: input and output of all models."""
    max_seconds: float = 1800.0
    """Maximum working time of a run, in seconds."""
    max_cost: float | None = None
    """Maximum cost of a run, in US dollars; unset: no limit. With a limit, models need a known price."""
    program_seconds: float = 120.0
    """Maximum time limit of a program, in seconds."""
    program_memory_mib: int = 4096
    """Maximum memory limit of a program, in MiB."""

    @classmethod
    def from_environment(cls) -> "Policy":
        """Read the configuration file and the environment.

        Raises:
            ConfigurationError: a setting is unknown, or its value is invalid.
        """
        values: dict[str, Any] = {}
        for name, value in {**read_table("policy"), **_environment_values()}.items():
            if name not in _FIELD_TYPES:
                raise ConfigurationError(
                    f"policy: unknown setting {name!r}; known settings: {', '.join(_FIELD_TYPES)}"
                )
            values[name] = _parse_value(name, value)
        policy = cls(**values)
        policy.endpoint_patterns()
        return policy

    def endpoint_patterns(self) -> tuple[EndpointPattern, ...]:
        """Return the endpoints listed by address; raise ConfigurationError for an invalid address."""
        addresses = (entry for entry in self.endpoints if entry != PUBLIC)
        return tuple(
            parse_endpoint_pattern(entry, f"an endpoint in {variable_name('endpoints')}")
            for entry in addresses
        )


_FIELD_TYPES: Mapping[str, Any] = get_type_hints(Policy)


def variable_name(field: str) -> str:
    """Return the environment variable that sets a field."""
    return VARIABLE_PREFIX + field.upper()


def _environment_values() -> Mapping[str, Any]:
    names = {
        name: name.removeprefix(VARIABLE_PREFIX).lower()
        for name in os.environ
        if name.startswith(VARIABLE_PREFIX)
    }
    return {field: os.environ[name] for name, field in names.items() if os.environ[name]}


def _parse_value(name: str, value: Any) -> Any:
    field_type = _FIELD_TYPES[name]
    if field_type == tuple[str, ...]:
        entries = value.split(",") if isinstance(value, str) else value
        if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
            raise ConfigurationError(f"{variable_name(name)} is {value!r}; use a list of strings")
        return tuple(entry.strip() for entry in entries if entry.strip())
    number = int if field_type is int else float
    try:
        limit = number(value)
    except (TypeError, ValueError):
        limit = number(0)
    if not 0 < limit < float("inf") or isinstance(value, bool):
        raise ConfigurationError(f"{variable_name(name)} is {value!r}; use a number above 0")
    return limit


LIMIT_FIELDS = tuple(field.name for field in fields(Policy) if _FIELD_TYPES[field.name] != tuple[str, ...])
"""The fields that limit the field of the same name in a run's context."""
