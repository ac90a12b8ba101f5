"""The languages that fences name."""

import re

_PYTHON = re.compile(
    r"(?:i?python|ipy|py)(?:[-_ ]?\d[\d.]*+)?|pycon|(?:i?python|py)[-_](?:repl|exec|code|console)"
)
_OTHER_PYTHON = frozenset({"tool_code", "code_interpreter", "jupyter"})
UNNAMED = frozenset({"", "code", "plaintext-code", "snippet", "program", "script", "source"})
"""Tags that say nothing about the language."""
MARKDOWN = frozenset({"markdown", "md", "mdx", "commonmark", "gfm"})
"""Tags of fences around a whole reply."""


def is_python(tag: str) -> bool:
    """True if a fence's tag, in lower case, names Python or a tool that runs it."""
    return tag in _OTHER_PYTHON or _PYTHON.fullmatch(tag) is not None
