"""Read a choice among given words or lettered options."""

import re
from collections.abc import Sequence

from codesteer.symbench.parsing.cleaning import unlatex
from codesteer.symbench.parsing.spans import UnreadableError

_WORD = re.compile(r"\w+")
_ALONE = re.compile(r"\W*([A-Za-z])\W*")
_NAMED = re.compile(r"\(([A-Za-z])\)|^\W*([A-Za-z])\s?[).:]|\b(?i:option|choice|answer|is):? ([A-Z])\b")


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
    """The letter of an option, given as ``(B)``, ``B``, ``B: …``, ``option B`` or by the option's own text.

    Raises:
        UnreadableError: No option is named, or more than one.
    """
    text = unlatex(text)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: len(options)]
    for letter, option in zip(letters, options, strict=True):
        if text.lower() == option.lower():
            return letter
    alone = _ALONE.fullmatch(text)
    named = {alone[1].upper()} if alone else {"".join(found).upper() for found in _NAMED.findall(text)}
    if len(named) != 1 or not named <= set(letters):
        raise UnreadableError(f"expected one letter from {letters[0]} to {letters[-1]}")
    return named.pop()
