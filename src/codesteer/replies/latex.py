r"""Remove LaTeX around answers: boxes, and commands that only change the appearance of text."""

import re

_BOX = re.compile(r"\\(?:boxed|fbox|framebox)(?![A-Za-z])\s{0,20}")
_UNBRACED = re.compile(r"([^\s${}][^\n${}]{0,100})(?=\$)|([^\s${}]{1,100})")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_WRAPPER = re.compile(
    r"\\(?:boxed|fbox|framebox|text|texttt|textbf|textit|textrm|mbox|mathrm|mathbf|mathtt|mathit|operatorname)"
    r"\s?\{([^{}]*+)\}"
)
_MAX_NESTING = 4
_MAX_BOXES = 50
_SEARCH_LENGTH = 50_000
"""Characters at the end of a text that are searched for boxes."""
_MAX_LENGTH = 20_000
"""Maximum characters in a box."""


def strip_latex_commands(text: str) -> str:
    r"""Replace commands such as ``\text{…}`` by their content."""
    for _ in range(_MAX_NESTING):
        if "\\" not in text:
            break
        text = _WRAPPER.sub(r"\1", text)
    return text


def last_box(text: str, *, closed: bool = True) -> str | None:
    r"""Return the content of the last ``\boxed{…}``, ``\fbox{…}`` or ``\boxed x``; None without a box.

    Args:
        text: the text.
        closed: ignore unclosed boxes; otherwise, the content of an unclosed box is the rest of the text.
    """
    text = text[-_SEARCH_LENGTH:]
    end = len(text)
    for _ in range(_MAX_BOXES):
        start = max(
            text.rfind("\\boxed", 0, end), text.rfind("\\fbox", 0, end), text.rfind("\\framebox", 0, end)
        )
        if start < 0:
            return None
        content = _content(text, start, closed=closed)
        if content is not None and content.strip():
            return content
        end = start
    return None


def _content(text: str, start: int, *, closed: bool) -> str | None:
    box = _BOX.match(text, start)
    if box is None:
        return None
    if text[box.end() : box.end() + 1] != "{":
        bare = _UNBRACED.match(text, box.end())
        return (bare[1] or bare[2].rstrip(".,;")) if bare else None
    depth = 0
    for brace in _BRACE.finditer(text, box.end(), box.end() + _MAX_LENGTH):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if depth == 0:
            return text[box.end() + 1 : brace.start()]
    return None if closed else text[box.end() + 1 : box.end() + _MAX_LENGTH]
