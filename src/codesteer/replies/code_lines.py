"""Tell lines of code, in any language, from prose that begins with a keyword, such as "return to the first rule"."""

import re

_SEARCH_LENGTH = 20_000
CODE_LINE = re.compile(
    r"^[ \t]*+(?:"
    r"(?:async )?def \w+\s?\(|class \w+(?:\([^\n()]{0,200}\):|\s?\{)[ \t]*+$"
    r"|(?:async )?for [\w, ()]{1,100} in [^\n]{1,300}:[ \t]*+$|for\s?\("
    r"|(?:if|elif|while|with|switch|match)\b[^\n]{0,200}[=<>()\[\]\"'][^\n]{0,200}[:{][ \t]*+$"
    r"|while (?:True|1|not \w+):|(?:try|else|finally|do)\s?[:{][ \t]*+$|except\b[^\n]{0,100}:[ \t]*+$"
    r"|import (?:[\w.]++ as \w+|\w++\.[\w.]++|\w++(?:, ?\w++)*+;)[ \t]*+$|from [\w.]+ import (?:\*|\(|[\w, ]{1,200}+$)"
    r"|return(?:[ \t]++[^\s;]++)?;[ \t]*+$|return\b[^\n]{0,200}[()\[\]{}\"'=+*/<>]"
    r"|print\s?\(|@\w[\w.]*+(?:\(|[ \t]*+$)|#include\b"
    r"|[\w.:]{1,40}\.(?:log|print\w{0,9}|write\w{0,9})\s?\("
    r"|printf\s?\(|(?:puts|echo)[ \t]++[\"'$(]|(?:std::)?cout\s?<<"
    r"|(?:async )?function\b\s?\w*\s?\(|(?:const|var)\b[^\n=]{1,100}=|let\b[^\n=]{1,100}=[^\n]{0,300};[ \t]*+$"
    r"|(?:public|private|protected)\s+(?:static|final|abstract|class|void|int|double|string|bool\w*)\b"
    r"|fn \w+\s?[(<]|func\b\s?\w*\s?\(|using (?:namespace\b|[\w.:]++;)|package [\w.]++;"
    r")",
    re.MULTILINE,
)
"""A line that is code, not prose."""
_AMBIGUOUS = re.compile(
    r"^[ \t]*+(?:(?:if|elif|while) (?:not )?\w++|with \w++(?: as \w++)?):[ \t]*+$", re.MULTILINE
)
"""Code, or the beginning of a sentence."""


def looks_like_code(text: str, *, is_text: bool) -> bool:
    """Return whether a line of a text is code.

    Args:
        text: the text.
        is_text: whether it is said to be text, so that a line which may be either is prose.
    """
    text = text[:_SEARCH_LENGTH]
    return CODE_LINE.search(text) is not None or (not is_text and _AMBIGUOUS.search(text) is not None)
