"""Lines as programs and terminals write them: line feed, carriage return or both, and codes that only colour them."""

import re
from itertools import islice

_TERMINAL_CODE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*+[ -/]*+[@-~]"
    r"|\x1b[\]PX^_][^\x07\x1b\n]{0,1000}+(?:\x07|\x1b\\)"
    r"|\x1b[ -/]{0,9}[0-Z\\^-~]"
)
"""Sequences that colour text, move the cursor, or set a title."""
_NONBLANK = re.compile(r"\S[^\n]*")


def normalize_newlines(text: str) -> str:
    r"""Convert line breaks to ``\n``.

    ``str.splitlines`` also splits at form feeds, U+0085, U+2028 and U+2029, which a program's strings may contain.
    """
    return text.replace("\r\n", "\n").replace("\r", "\n")


def strip_terminal_codes(text: str) -> str:
    """Remove the escape sequences that colour a terminal's text or move its cursor."""
    return _TERMINAL_CODE.sub("", text) if "\x1b" in text or "\x9b" in text else text


def nonblank_lines(text: str, count: int) -> list[str]:
    """Return up to ``count`` of the first nonblank lines, with their indentation."""
    text = normalize_newlines(text)
    lines = islice(_NONBLANK.finditer(text), count)
    return [text[text.rfind("\n", 0, line.start()) + 1 : line.end()] for line in lines]


def last_nonblank_line(text: str) -> str:
    """Return the last nonblank line, stripped."""
    return normalize_newlines(text.rstrip()).rpartition("\n")[2].strip()
