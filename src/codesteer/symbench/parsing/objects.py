"""Parse a JSON list of flat objects, also as Python prints it."""

import json
from typing import Any

from codesteer.symbench.parsing.cleaning import clean
from codesteer.symbench.parsing.extraction import UnreadableError
from codesteer.symbench.parsing.lists import without_label

Pairs = tuple[tuple[str, str], ...]


def parse_objects(text: str) -> tuple[Pairs, ...]:
    """Return the objects in order, each as its key-value pairs; a key may occur twice.

    The list may be the only value of an object, as in ``{"plan": […]}``.

    Raises:
        UnreadableError: The text is not a JSON list of objects whose values are strings.
    """
    text = without_label(clean(text)).strip()
    try:
        found = json.loads(text if '"' in text else text.replace("'", '"'), object_pairs_hook=_Object)
    except (ValueError, RecursionError) as problem:
        raise UnreadableError("the answer is not JSON") from problem
    if isinstance(found, _Object) and len(found.pairs) == 1:
        found = found.pairs[0][1]
    if not isinstance(found, list) or not all(isinstance(one, _Object) for one in found):
        raise UnreadableError("the answer is not a JSON list of objects")
    if not all(isinstance(value, str) for one in found for _, value in one.pairs):
        raise UnreadableError("a value in the answer is not a string")
    return tuple(tuple(one.pairs) for one in found)


class _Object:
    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        self.pairs = pairs
