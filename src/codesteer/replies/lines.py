"""Split text at the line breaks that programs and terminals use: line feed, carriage return, or both."""

import re
from itertools import islice

_NONBLANK = re.compile(r"\S[^\n]*")


def normalize_newlines(text: str) -> str:
    r"""Convert line breaks to ``\n``.

    ``str.splitlines`` also splits at form feeds, U+0085, U+2028 and U+2029, which a program's strings may contain.
    """
    return text.replace("\r\n", "\n").replace("\r", "\n")


def nonblank_lines(text: str, count: int) -> list[str]:
    """Return up to ``count`` of the first nonblank lines, with their indentation."""
    text = normalize_newlines(text)
    lines = islice(_NONBLANK.finditer(text), count)
    return [text[text.rfind("\n", 0, line.start()) + 1 : line.end()] for line in lines]


def last_nonblank_line(text: str) -> str:
    """Return the last nonblank line, stripped."""
    return normalize_newlines(text.rstrip()).rpartition("\n")[2].strip()
