"""Parse strings over an alphabet, and lists of words or letters."""

import re

from codesteer.symbench.parsing.cleaning import clean, unlatex
from codesteer.symbench.parsing.extraction import UnreadableError

_NOISE = re.compile(r"[\s\"'\[\](),;]+")
_LABEL = re.compile(r"[^:=]{1,40}[:=]\s?")


def parse_string(text: str, alphabet: str) -> str:
    """Return a string over an alphabet, without quotes, brackets and spaces; may be empty.

    Raises:
        UnreadableError: A character outside the alphabet occurs.
    """
    string = _NOISE.sub("", _LABEL.sub("", unlatex(text), count=1))
    strange = sorted(set(string) - set(alphabet))
    if strange:
        raise UnreadableError(f"{strange[0]!r} is not in the alphabet of the string")
    return string


def parse_tokens(text: str) -> tuple[str, ...]:
    """Return the items of a list, split at commas if there are any, else at spaces.

    Raises:
        UnreadableError: There are no items.
    """
    text = clean(text).strip("[](){} \n")
    parts = re.split(r"[,;\n]+", text) if re.search(r"[,;\n]", text) else text.split()
    tokens = tuple(token for part in parts if (token := part.strip(" \"'[]()")))
    if not tokens:
        raise UnreadableError("expected a list, found no items")
    return tokens


def parse_letters(text: str, alphabet: str) -> tuple[str, ...]:
    """Return a list of letters of an alphabet, in any case, separated or run together.

    Raises:
        UnreadableError: A letter is not in the alphabet, or there are no letters.
    """
    word = parse_string(text.upper(), alphabet.upper())
    if not word:
        raise UnreadableError("expected letters, found none")
    return tuple(word)
