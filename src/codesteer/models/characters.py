"""Characters that no encoder or database accepts: halves of surrogate pairs, and NUL.

Models and programs write them, because JSON and Python can escape them.
"""

import re
from typing import Any

INVALID = re.compile("[\0\ud800-\udfff]")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def valid_text(text: str) -> str:
    """Return a text with a replacement for each invalid character; two halves of a pair become their character."""
    if not INVALID.search(text):
        return text
    joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return INVALID.sub(REPLACEMENT, joined)


def valid_texts(value: Any) -> Any:
    """Return plain data, with the texts in its lists and mappings valid."""
    if isinstance(value, str):
        return valid_text(value)
    if isinstance(value, dict):
        return {valid_texts(key): valid_texts(entry) for key, entry in value.items()}
    return [valid_texts(entry) for entry in value] if isinstance(value, list | tuple) else value
