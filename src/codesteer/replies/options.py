"""Lettered options: which ones a question lists, and which one an answer names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from string import ascii_uppercase

from codesteer.replies.latex import unwrapped
from codesteer.replies.lines import normalize_newlines

LONGEST = 20_000
"""Characters of an answer that are read as a choice."""
MAX_LINES, QUESTION_LENGTH = 1000, 50_000
"""Lines of a question that are read as options, and characters at its end that are searched for them."""
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
    r"^(?:[^\n]{0,300}?[:?][ \t]{1,3})?[ \t]{0,9}(?:[-*•>][ \t]{0,3})?[*_]{0,3}"
    r"(?P<open>[(\[]?)(?P<letter>[A-Z])(?P<close>\)|\]|\.(?=[\s*_]))[*_]{0,3}[ \t]{0,9}(?P<text>\S[^\n]*+)",
    re.MULTILINE,
)


def listed_options(question: str) -> Mapping[str, str]:
    """Return the options that a question lists, letter to text; empty unless there are two or more from A on.

    Read are ``(A) 3``, ``A) 3``, ``A. 3`` and ``[A] 3``, each on its own line or several on one.
    """
    options: dict[str, str] = {}
    for found in islice(_LISTED.finditer(normalize_newlines(question[-QUESTION_LENGTH:])), MAX_LINES):
        for letter, text in _on_line(found):
            if letter == ascii_uppercase[len(options) : len(options) + 1]:
                options[letter] = text.strip(" \t*_,;")
    return options if len(options) > 1 else {}


def _on_line(found: re.Match[str]) -> Iterator[tuple[str, str]]:
    """Yield an option and those that follow it on the same line, in the same form."""
    letter, text = found["letter"], found["text"]
    for following in ascii_uppercase[ascii_uppercase.index(letter) + 1 :]:
        mark = f"{found['open']}{following}{found['close']} "
        if f" {mark}" not in text:
            break
        own, _, text = text.partition(f" {mark}")
        yield letter, own
        letter = following
    yield letter, text


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
