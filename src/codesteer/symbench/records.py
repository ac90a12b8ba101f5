"""Convert items to JSON objects and back."""

from collections.abc import Mapping
from dataclasses import asdict
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from codesteer.errors import ConfigurationError
from codesteer.symbench.item import Item
from codesteer.symbench.registry import load_task

_SCALARS: Mapping[Any, tuple[type, ...]] = {
    bool: (bool,),
    float: (float, int),
    int: (int,),
    str: (str,),
    NoneType: (NoneType,),
}


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
        item: Item[Any, Any] = Item(data=load_task(record["task"]).puzzle_type(**puzzle), **fields)
    except (KeyError, TypeError, AttributeError) as problem:
        raise ConfigurationError(f"not an item's record: {problem!r}") from problem
    for part in (item, item.data):
        _require_types(part)
    return item


def _to_tuples(value: Any) -> Any:
    return tuple(map(_to_tuples, value)) if isinstance(value, list) else value


def _require_types(part: Any) -> None:
    for name, kind in get_type_hints(type(part)).items():
        if not _fits(getattr(part, name), kind):
            raise ConfigurationError(f"not an item's record: {name!r} is not of the type {kind}")


def _fits(value: Any, kind: Any) -> bool:
    """Whether a value has a type; only scalars, tuples and unions of them are checked."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return any(_fits(value, part) for part in parts)
    if origin is tuple:
        kinds = parts[:1] * len(value) if parts[1:] == (...,) and isinstance(value, tuple) else parts
        return isinstance(value, tuple) and len(kinds) == len(value) and all(map(_fits, value, kinds))
    if kind not in _SCALARS:
        return True
    return isinstance(value, _SCALARS[kind]) and isinstance(value, bool) <= (kind is bool)
