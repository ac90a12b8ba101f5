"""The operator's configuration file, for settings too long for an environment variable."""

import json
import tomllib
from collections.abc import Mapping
from typing import Any

from codesteer.errors import ConfigurationError, first_line
from codesteer.settings import Settings

TABLES = ("endpoint_keys", "policy")


def read_table(name: str) -> Mapping[str, Any]:
    """Return a table of the file that ``CODESTEER_CONFIG`` names; empty without a file. Reads the disk.

    Raises:
        ConfigurationError: the file cannot be read, or its content is invalid.
    """
    path = Settings.from_environment().config
    if path is None:
        return {}
    try:
        text = path.read_text(encoding="utf-8")
        tables = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"CODESTEER_CONFIG: cannot read {path}: {first_line(error)}") from error
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        raise ConfigurationError(f"CODESTEER_CONFIG: {path} must contain only tables: {', '.join(TABLES)}")
    if unknown := sorted(set(tables) - set(TABLES)):
        raise ConfigurationError(
            f"CODESTEER_CONFIG: {path} has unknown tables: {', '.join(unknown)}; known: {', '.join(TABLES)}"
        )
    table: Mapping[str, Any] = tables.get(name, {})
    return table
