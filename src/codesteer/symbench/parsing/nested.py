"""Read nested lists, whatever brackets they are written with, without recursion."""

import re
from typing import Any

from codesteer.symbench.parsing.cleaning import unlatex_list
from codesteer.symbench.parsing.spans import UnreadableError

_PART = re.compile(r"[\[({]|[\])}]|[^\[\](){},;\s]+")
_DEPTH = 6


def parse_nested(text: str) -> tuple[Any, ...]:
    """The text as nested tuples of words; several lists in a row are the parts of one.

    Raises:
        UnreadableError: Brackets do not match, or are nested deeper than in any answer.
    """
    stack: list[list[Any]] = [[]]
    for part in _PART.findall(unlatex_list(text)):
        if part in "[({":
            stack.append([])
        elif part in "])}":
            inner = stack.pop()
            if not stack:
                raise UnreadableError("a bracket closes that was not opened")
            stack[-1].append(tuple(inner))
        else:
            stack[-1].append(part.strip("\"'"))
        if len(stack) > _DEPTH:
            raise UnreadableError("brackets are nested too deeply")
    if len(stack) > 1:
        raise UnreadableError("a bracket is not closed")
    return tuple(stack[0])
