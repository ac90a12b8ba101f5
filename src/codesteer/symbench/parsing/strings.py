"""Parse strings over an alphabet, and lists of words or letters."""

import re
from collections.abc import Iterable

from codesteer.symbench.parsing.cleaning import clean, unlatex
from codesteer.symbench.parsing.extraction import UnreadableError
from codesteer.symbench.parsing.lists import plain_items, plain_list

_NOISE = re.compile(r"[\s\"'\[\](),;]+")
_DASHED = re.compile(r"\w(?:\s?[-|]\s?\w)+", re.ASCII)
_BETWEEN_LETTERS = re.compile(r"\s?[<>|]\s?")
_NUMBERED = re.compile(r"(?<![\w.])(\d{1,3})[\"']?\s?[.):=-]{1,2}\s?[\"'(]{0,3}([A-Za-z])(?!\w)", re.ASCII)
_NUMBER_LAST = re.compile(
    r"(?<!\w)([A-Za-z])[\"')]?\s?(?:[:=]|\(?(?:in )?(?:place|position|at))\s?[\"'(]?(\d{1,3})\)?(?!\w)",
    re.ASCII | re.IGNORECASE,
)
_LABEL = re.compile(r"[^:=]{1,40}[:=]\s?")


def parse_string(text: str, alphabet: str) -> str:
    """Return a string over an alphabet, without quotes, brackets and spaces; may be empty.

    Raises:
        UnreadableError: A character outside the alphabet occurs.
    """
    string = _NOISE.sub("", _LABEL.sub("", unlatex(text), count=1))
    string = re.sub(r"[-|]", "", string) if _DASHED.fullmatch(string) else string
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
    """Return a list of letters of an alphabet, in any case, separated, numbered or run together.

    Raises:
        UnreadableError: A letter is not in the alphabet, or there are no letters.
    """
    numbered = not re.search(r"\d", alphabet)
    text = plain_letters(text) if numbered else plain_list(unlatex(text))
    word = parse_string(text.upper(), alphabet.upper())
    if len(re.findall(r"(?<!\w)[A-Za-z][a-z]{1,40}(?!\w)", text)) > 1:
        raise UnreadableError("expected letters, found words")
    if not word:
        raise UnreadableError("expected letters, found none")
    return tuple(word)


def plain_letters(text: str) -> str:
    """Return a list of letters separated by commas, if they are numbered or joined by arrows or "and".

    Raises:
        UnreadableError: A number is missing or occurs twice, or a letter has no number.
    """
    text = unlatex(text)
    if numbered := _NUMBERED.findall(text):
        return _in_number_order(numbered, _NUMBERED.sub(" ", text))
    if placed := _NUMBER_LAST.findall(text):
        return _in_number_order(((number, letter) for letter, number in placed), _NUMBER_LAST.sub(" ", text))
    return _BETWEEN_LETTERS.sub(", ", plain_items(plain_list(text)))


def _in_number_order(numbered: Iterable[tuple[str, str]], rest: str) -> str:
    """Return the letters in the order of their numbers, which must count from 0 or 1."""
    pairs = sorted((int(number), letter) for number, letter in numbered)
    numbers = [number for number, _ in pairs]
    counted = any(numbers == list(range(first, first + len(pairs))) for first in (0, 1))
    if not counted or re.search(r"\d|\b[A-Za-z]\b", rest):
        raise UnreadableError("expected one letter for each number")
    return ", ".join(letter for _, letter in pairs)
