"""Parse a choice among words or lettered options."""

import re
from collections.abc import Sequence
from string import ascii_uppercase

from codesteer.replies.options import named_option
from codesteer.symbench.parsing.cleaning import unlatex
from codesteer.symbench.parsing.extraction import UnreadableError

_WORD = re.compile(r"\w+")


def parse_choice(text: str, words: Sequence[str]) -> str:
    """Return the one word that occurs in the text, in any case.

    Raises:
        UnreadableError: No word occurs, or more than one.
    """
    present = {found.lower() for found in _WORD.findall(unlatex(text))}
    chosen = [word for word in words if word.lower() in present]
    if len(chosen) != 1:
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
