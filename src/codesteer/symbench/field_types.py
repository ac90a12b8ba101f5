"""Check that the fields of an item and its puzzle have the types that they declare."""

from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from codesteer.errors import ConfigurationError

_SCALARS: Mapping[Any, tuple[type, ...]] = {
    bool: (bool,),
    float: (float, int),
    int: (int,),
    str: (str,),
    NoneType: (NoneType,),
}


def require_types(part: Any) -> None:
    """Check the fields of a dataclass.

    Raises:
        ConfigurationError: A field has another type.
    """
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
