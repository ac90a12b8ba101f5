"""Names of objects for keys of caches: the same for one object, never reused for another."""

import weakref
from contextlib import suppress
from uuid import uuid4

_names: dict[int, tuple["weakref.ref[object]", str]] = {}


def name_of(value: object) -> str:
    """Return a name of an object; one that cannot be referred to weakly gets a new name each time.

    Ids are reused once an object is gone, and mean nothing in another process.
    """
    known = _names.get(id(value))
    if known is not None and known[0]() is value:
        return known[1]
    key, name = id(value), f"{type(value).__name__} {uuid4().hex}"
    with suppress(TypeError):
        _names[key] = weakref.ref(value, lambda _: _names.pop(key, None)), name
    return name
