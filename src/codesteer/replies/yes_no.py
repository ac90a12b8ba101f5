"""Read the yes, no, true or false that an answer consists of or begins with."""

import re

from codesteer.replies.latex import strip_latex_commands

AROUND = " \t\n\"'`*[](){}."
"""Brackets, quotes and the like, which say nothing."""
YES, NO = frozenset({"yes", "true"}), frozenset({"no", "false"})
_LENGTH = 20_000
"""Characters of an answer that are read."""
_LEADING = re.compile(r"(?:yes|no|true|false)(?![\w'’])")
_AFTER = re.compile(
    r"[^\S\n]*+(?:\Z|[,;:!?)\]}\"'*`\n—–]|-[\s-]|\.(?!\s*+\d)|\b(?:because|since|as|it|they|there|he|she|this|that)\b)",
    re.IGNORECASE,
)
"""After a leading yes or no: the end, or an explanation. "No path" and "no idea" say something else."""
_EMPHASIS = re.compile(r"(?<![^\W_])_{1,2}(?=[a-z])|(?<=[a-z])_{1,2}(?![^\W_])")


def leading_choice(answer: str) -> str:
    """Return the yes, no, true or false that an answer consists of or begins with; empty for several or none."""
    said = plain_words(answer)
    found = _LEADING.match(said)
    if found is None or not _AFTER.match(said, found.end()):
        return ""
    others = [word for word in re.split(r"[\W_]+", said[found.end() :]) if word]
    is_list = bool(others) and (others[0] in YES | NO or set(others) <= YES | NO)
    return "" if is_list else found[0]


def plain_words(answer: str) -> str:
    """Return an answer in lower case, without LaTeX, emphasis and what stands around it."""
    said = strip_latex_commands(answer[:_LENGTH]).replace("$", "").casefold()
    return _EMPHASIS.sub("", said).strip(AROUND)


def same_side(one: str, other: str) -> bool:
    """Whether two words are both yes or true, or both no or false."""
    return {one, other} <= YES or {one, other} <= NO
