"""Lettered options: which ones a question lists, and which one an answer names."""

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from string import ascii_uppercase

from codesteer.replies.latex import unwrapped
from codesteer.replies.lines import with_line_feeds

LONGEST = 20_000
"""Characters of an answer that are read as a choice."""
MOST_LINES = 1000
"""Lines of a question that are read as options."""
_WIDE_LETTERS = "".join(chr(ord("Ａ") + index) for index in range(len(ascii_uppercase)))
_ORNAMENTS = str.maketrans(_WIDE_LETTERS, ascii_uppercase, "$*`#")
_MATHEMATICS = re.compile(r"\\[()\[\]]")
_ALONE = re.compile(r"[\s(\[{<\"']{0,9}([A-Za-z])[\s)\]}>.\"':,;]{0,9}")
_LEADING = re.compile(
    r"[\s\[{<\"']{0,9}(?:\(([A-Za-z])\)|([A-Za-z])(?:\s?[).:\]](?=\s)|\s[-–—=](?=\s)|,(?=\s[a-z]{2})))"
)
_NAMED = re.compile(
    r"\(([A-Za-z])\)|\b(?:(?i:option|choice|letter|alternative)[ \t]?[:=]?[ \t]?([A-Za-z])"
    r"|(?i:answer|is)[ \t]?[:=]?[ \t]?([A-Z]))(?![\w'’])"
)
_LISTED = re.compile(
    r"^[ \t]{0,9}(?:[-*•>][ \t]{0,3})?[*_]{0,3}"
    r"(?:\((?P<round>[A-Z])\)|\[(?P<square>[A-Z])\]|(?P<plain>[A-Z])(?:\)|\.(?=[\s*_])))[*_]{0,3}"
    r"[ \t]{0,9}(?P<text>\S[^\n]*+)",
    re.MULTILINE,
)
_INLINE = re.compile(r"[ \t,;]\(([A-Z])\)[ \t]")


def listed_options(question: str) -> Mapping[str, str]:
    """Return the options that a question lists, letter to text; empty unless there are two or more from A on.

    Read are ``(A) 3``, ``A) 3``, ``A. 3`` and ``[A] 3``, each on its own line, or ``(A) 3 (B) 4`` on one.
    """
    options: dict[str, str] = {}
    for found in islice(_LISTED.finditer(with_line_feeds(question)), MOST_LINES):
        letter = found["round"] or found["square"] or found["plain"]
        texts = _INLINE.split(found["text"]) if found["round"] else [found["text"]]
        for name, text in zip([letter, *texts[1::2]], texts[::2], strict=True):
            if name == ascii_uppercase[len(options) : len(options) + 1]:
                options[name] = text.strip(" \t*_,;\r")
    return options if len(options) > 1 else {}


def named_option(answer: str, options: Sequence[str]) -> str | None:
    r"""Return the letter of the option that an answer names; None if it names none, or several.

    Read are the letter alone, also as ``(B)``, ``$B$``, ``\text{B}`` or ``**B**``, the letter before the option's text,
    "Option B" within a sentence, and the option's text alone.

    Args:
        answer: what was answered.
        options: the texts of the options, from A on.
    """
    said = _MATHEMATICS.sub(" ", unwrapped(answer[:LONGEST])).translate(_ORNAMENTS).strip()
    letters = ascii_uppercase[: len(options)]
    texts = [letter for letter, text in zip(letters, options, strict=True) if _same(said, text)]
    if len(texts) == 1:
        return texts[0]
    alone = _ALONE.fullmatch(said)
    found = [alone] if alone else [_LEADING.match(said), *_NAMED.finditer(said)]
    named = {"".join(filter(None, one.groups())).upper() for one in found if one is not None}
    return named.pop() if len(named) == 1 and named <= set(letters) else None


def _same(said: str, text: str) -> bool:
    around = " \t\n\"'.,;()[]{}"
    return said.strip(around).casefold() == text.strip(around).casefold() != ""
