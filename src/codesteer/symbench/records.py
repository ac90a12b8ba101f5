"""Convert items to JSON objects and back."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from codesteer.errors import ConfigurationError
from codesteer.symbench.item import Item
from codesteer.symbench.registry import load_task


def to_record(item: Item[Any, Any]) -> dict[str, Any]:
    """Return the item as a JSON object."""
    return asdict(item)


def from_record(record: Mapping[str, Any]) -> Item[Any, Any]:
    """Restore an item from the JSON object that ``to_record`` returned.

    Raises:
        ConfigurationError: The object is not an item's record.
    """
    try:
        fields = {name: _to_tuples(value) for name, value in record.items() if name != "data"}
        puzzle = {name: _to_tuples(value) for name, value in record["data"].items()}
        return Item(data=load_task(record["task"]).puzzle_type(**puzzle), **fields)
    except (KeyError, TypeError, AttributeError) as problem:
        raise ConfigurationError(f"not an item's record: {problem!r}") from problem


def _to_tuples(value: Any) -> Any:
    return tuple(map(_to_tuples, value)) if isinstance(value, list) else value
