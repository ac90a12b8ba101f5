"""Read strings over an alphabet, and lists of words or letters."""

import re

from codesteer.symbench.parsing.cleaning import plain, unlatex
from codesteer.symbench.parsing.spans import UnreadableError

_NOISE = re.compile(r"[\s\"'\[\](),;]+")
_LABEL = re.compile(r"[^:=]{1,40}[:=]\s?")


def parse_string(text: str, alphabet: str) -> str:
    """A string over an alphabet, without the quotes, brackets and spaces around and in it; may be empty.

    Raises:
        UnreadableError: A character outside the alphabet occurs.
    """
    string = _NOISE.sub("", _LABEL.sub("", unlatex(text), count=1))
    strange = sorted(set(string) - set(alphabet))
    if strange:
        raise UnreadableError(f"{strange[0]!r} does not belong to the string's letters")
    return string


def parse_tokens(text: str) -> tuple[str, ...]:
    """The items of a list, split at commas where there are any and at spaces otherwise.

    Raises:
        UnreadableError: There is no item.
    """
    text = plain(text).strip("[](){} \n")
    parts = re.split(r"[,;\n]+", text) if re.search(r"[,;\n]", text) else text.split()
    tokens = tuple(token for part in parts if (token := part.strip(" \"'[]()")))
    if not tokens:
        raise UnreadableError("expected a list, found nothing in it")
    return tokens


def parse_letters(text: str, alphabet: str) -> tuple[str, ...]:
    """A list of letters of an alphabet, upper or lower case, separated or run together.

    Raises:
        UnreadableError: Something is not a letter of the alphabet, or there is none.
    """
    word = parse_string(text.upper(), alphabet.upper())
    if not word:
        raise UnreadableError("expected letters, found none")
    return tuple(word)
