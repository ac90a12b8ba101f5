"""Parse nested lists with any kind of brackets, without recursion."""

import re
from typing import Any

from codesteer.symbench.parsing.cleaning import unlatex_list
from codesteer.symbench.parsing.extraction import UnreadableError

_PART = re.compile(r"[\[({]|[\])}]|[^\[\](){},;\s]+")
_MAX_DEPTH = 6


def parse_nested(text: str) -> tuple[Any, ...]:
    """Return nested tuples of words; consecutive lists become the parts of one.

    Raises:
        UnreadableError: Brackets do not match or are nested too deeply.
    """
    stack: list[list[Any]] = [[]]
    for part in _PART.findall(unlatex_list(text)):
        if part in "[({":
            stack.append([])
        elif part in "])}":
            inner = stack.pop()
            if not stack:
                raise UnreadableError("unmatched closing bracket")
            stack[-1].append(tuple(inner))
        else:
            stack[-1].append(part.strip("\"'"))
        if len(stack) > _MAX_DEPTH:
            raise UnreadableError("brackets are nested too deeply")
    if len(stack) > 1:
        raise UnreadableError("unclosed bracket")
    return tuple(stack[0])
