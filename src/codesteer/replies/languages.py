"""Classify the languages named by code fences."""

import re

_PYTHON = re.compile(
    r"(?:i?python|ipy|py)(?:[-_ ]?\d[\d.]*+)?|pycon|(?:i?python|py)[-_](?:repl|exec|code|console)"
)
_OTHER_PYTHON = frozenset({"tool_code", "code_interpreter", "jupyter"})
UNTAGGED = frozenset({"", "code", "plaintext-code", "snippet", "program", "script", "source"})
"""Tags that name no language."""
TEXT = frozenset({"text", "txt", "plain", "plaintext", "output", "answer", "result"})
"""Tags of fences around text instead of code."""
DATA = frozenset(
    {"json", "jsonl", "json5", "yaml", "yml", "toml", "xml", "csv", "tsv", "latex", "tex", "math", "ascii"}
)
"""Tags of fences around data or formulas."""
MARKDOWN = frozenset({"markdown", "md", "mdx", "commonmark", "gfm"})
"""Tags of fences that enclose a whole reply."""


def is_python(tag: str) -> bool:
    """Return whether a tag, in lower case, names Python or a tool that runs it."""
    return tag in _OTHER_PYTHON or _PYTHON.fullmatch(tag) is not None
