"""Read a choice among given words or lettered options."""

import re
from collections.abc import Sequence

from codesteer.symbench.parsing.cleaning import unlatex
from codesteer.symbench.parsing.spans import UnreadableError

_WORD = re.compile(r"\w+")
_OPTION = re.compile(r"\(?\b([A-Z])\b\)?")


def parse_choice(text: str, words: Sequence[str]) -> str:
    """The one of the words that occurs in the text, in upper or lower case.

    Raises:
        UnreadableError: None of them occurs, or more than one.
    """
    present = {found.lower() for found in _WORD.findall(unlatex(text))}
    chosen = [word for word in words if word.lower() in present]
    if len(chosen) != 1:
        raise UnreadableError(f"expected one of {', '.join(words)}")
    return chosen[0]


def parse_option(text: str, options: Sequence[str]) -> str:
    """The letter of an option, given as ``(B)``, ``B``, ``B)`` or by the option's own text.

    Raises:
        UnreadableError: No option is named, or more than one.
    """
    text = unlatex(text)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: len(options)]
    for letter, option in zip(letters, options, strict=True):
        if text.lower() == option.lower():
            return letter
    named: set[str] = {
        letter for letter in _OPTION.findall(text.upper() if len(text) < 4 else text) if letter in letters
    }
    if len(named) != 1:
        raise UnreadableError(f"expected one letter from {letters[0]} to {letters[-1]}")
    return named.pop()
