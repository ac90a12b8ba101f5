"""Parse a choice among words or lettered options."""

import re
from collections.abc import Sequence
from string import ascii_uppercase

from codesteer.replies.options import named_option
from codesteer.replies.yes_no import leading_choice, same_side
from codesteer.symbench.parsing.cleaning import unlatex
from codesteer.symbench.parsing.corrections import takes_back
from codesteer.symbench.parsing.extraction import UnreadableError

_STANDING = re.compile(r"(?<![\w'’])(?:yes|no)(?=\s?(?:[.,;:!?)\]}\"'*\n]|\Z))", re.IGNORECASE)
"""A yes or no that stands for itself, unlike that of "no turns"."""
_LAST_WORD = re.compile(r"(yes|no)\W{0,20}\Z", re.IGNORECASE)
_NAMES = re.compile(r"[:=>][ \t\"'*_(\[]{0,9}\Z")
_ENDS = re.compile(r"(?:[.!?;\n]|\b(?:so|therefore|thus|hence),?[ \t])[ \t\"'*_(\[]{0,9}\Z", re.IGNORECASE)
_DENIAL = re.compile(
    r"\b(?:not|never|neither|nor|cannot|\w{1,9}n['’]t)(?![\w'’])[^.!?\n]{0,80}\Z", re.IGNORECASE
)
_BEFORE = 200
"""Characters before a last word that are examined."""


def parse_choice(text: str, words: Sequence[str]) -> str:
    """Return the word that the text consists of, begins with, or ends with as a sentence of its own.

    Raises:
        UnreadableError: There is no such word, or the text says another one too, or takes it back.
    """
    text = unlatex(text)
    said = leading_choice(text)
    doubted = bool(said) and takes_back(text)
    said = said or _last_choice(text)
    chosen = [word for word in words if same_side(word.casefold(), said)]
    standing = {found[0].casefold() for found in _STANDING.finditer(text)}
    if len(chosen) != 1 or doubted or standing - {chosen[0].casefold()}:
        raise UnreadableError(f"expected one of {', '.join(words)}")
    return chosen[0]


def parse_option(text: str, options: Sequence[str]) -> str:
    """Return the letter of an option given as ``(B)``, ``B``, ``B: …``, ``option B`` or by its text.

    Raises:
        UnreadableError: No option is named, or more than one.
    """
    letter = named_option(unlatex(text), options)
    if letter is None:
        raise UnreadableError(f"expected one letter from A to {ascii_uppercase[len(options) - 1]}")
    return letter


def _last_choice(text: str) -> str:
    """Return the yes or no that is the last sentence of a text, or stands after its last colon; else nothing."""
    found = _LAST_WORD.search(text, max(0, len(text) - _BEFORE))
    if found is None:
        return ""
    before = text[max(0, found.start() - _BEFORE) : found.start()]
    names = _NAMES.search(before)
    if _ENDS.search(before) or (names and not _DENIAL.search(before[: names.start()])):
        return found[1].casefold()
    return ""
