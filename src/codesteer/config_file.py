"""The operator's file of settings: what is too long for a variable."""

import json
import tomllib
from collections.abc import Mapping
from typing import Any

from codesteer.errors import ConfigurationError, first_line
from codesteer.settings import Settings

TABLES = ("endpoint_keys", "policy")


def read_table(name: str) -> Mapping[str, Any]:
    """Return one table of the file that ``CODESTEER_CONFIG`` names; empty without a file. Reads the disk.

    Raises:
        ConfigurationError: the file cannot be read, or holds something else.
    """
    path = Settings.from_environment().config
    if path is None:
        return {}
    try:
        text = path.read_text(encoding="utf-8")
        tables = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"CODESTEER_CONFIG: {path} cannot be read: {first_line(error)}") from error
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        raise ConfigurationError(f"CODESTEER_CONFIG: {path} must hold tables: {', '.join(TABLES)}")
    if unknown := sorted(set(tables) - set(TABLES)):
        raise ConfigurationError(
            f"CODESTEER_CONFIG: {path} has unknown tables: {', '.join(unknown)}; known: {', '.join(TABLES)}"
        )
    table: Mapping[str, Any] = tables.get(name, {})
    return table
