"""Convert items to JSON objects and back."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from codesteer.errors import ConfigurationError
from codesteer.symbench.field_types import require_types
from codesteer.symbench.item import Item
from codesteer.symbench.parsing import UnreadableError
from codesteer.symbench.registry import load_task
from codesteer.symbench.sizes import require_feasible
from codesteer.symbench.task import CRASHES


def to_record(item: Item[Any, Any]) -> dict[str, Any]:
    """Return the item as a JSON object."""
    return asdict(item)


def from_record(record: Mapping[str, Any]) -> Item[Any, Any]:
    """Restore an item from the JSON object that ``to_record`` returned.

    Raises:
        ConfigurationError: The object is not an item's record, or its parts do not fit each other.
    """
    try:
        fields = {name: _to_tuples(value) for name, value in record.items() if name != "data"}
        puzzle = {name: _to_tuples(value) for name, value in record["data"].items()}
        item: Item[Any, Any] = Item(data=load_task(record["task"]).puzzle_type(**puzzle), **fields)
    except CRASHES as problem:
        raise ConfigurationError(f"not an item's record: {problem!r}") from problem
    for part in (item, item.data):
        require_types(part)
    require_feasible(item.task, item.data)
    _require_consistent(item)
    return item


def _require_consistent(item: Item[Any, Any]) -> None:
    """Verify the stored answer and read it back, which a puzzle with contradictory parts does not survive."""
    task = load_task(item.task)
    try:
        task.find_violation(item.data, item.answer)
        task.parse(task.format_answer(item.answer), item.data)
    except UnreadableError:
        return  # some official answers cannot be written in the form that their question asks for
    except CRASHES as problem:
        raise ConfigurationError(
            f"not an item's record: its parts do not fit each other: {problem!r}"
        ) from problem


def _to_tuples(value: Any) -> Any:
    return tuple(map(_to_tuples, value)) if isinstance(value, list) else value
