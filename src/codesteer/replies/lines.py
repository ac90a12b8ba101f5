"""Line breaks as programs and terminals know them: only a line feed, a carriage return, or both."""

import re
from itertools import islice

_WRITTEN = re.compile(r"\S[^\n]*")


def normalize_newlines(text: str) -> str:
    r"""Return the text with ``\n`` at the end of each line.

    ``str.splitlines`` also breaks at form feeds, U+0085, U+2028 and U+2029, which may stand in a program's strings.
    """
    return text.replace("\r\n", "\n").replace("\r", "\n")


def nonblank_lines(text: str, most: int) -> list[str]:
    """Return the first lines that are not blank, at most so many; with their indentation."""
    text = normalize_newlines(text)
    found = islice(_WRITTEN.finditer(text), most)
    return [text[text.rfind("\n", 0, line.start()) + 1 : line.end()] for line in found]


def last_line(text: str) -> str:
    """Return the last line that is not blank, without the white space around it."""
    return normalize_newlines(text.rstrip()).rpartition("\n")[2].strip()
