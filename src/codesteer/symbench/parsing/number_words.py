"""Read the words that change a number: its sign, its scale, and those that say that it is not the number meant."""

import re
from fractions import Fraction
from typing import Final

from codesteer.symbench.parsing.corrections import takes_back
from codesteer.symbench.parsing.extraction import UnreadableError

_SCALES: Final = {
    "dozen": 12,
    "hundred": 100,
    "thousand": 1000,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}
_SCALE = re.compile(rf"\b({'|'.join(_SCALES)})s?\b", re.IGNORECASE)
_SCALED = re.compile(rf"(?<=[\d.])\s{{0,3}}\b({'|'.join(_SCALES)})\b", re.IGNORECASE | re.ASCII)
_NEGATIVE = re.compile(r"\b(?:minus|negative)\s{1,3}(?=[$€£]?[\d.])", re.IGNORECASE | re.ASCII)
_SIGN = re.compile(
    r"((?:\A|[\n(\[{=:,/\"'|]|(?<!\*)\*)[^\S\n]{0,9}|\b(?:is|are|equals|be)\s)([-+])\s{1,9}(?=[$€£]?[\d.])",
    re.IGNORECASE | re.ASCII,
)
_DASH = re.compile(r"(?<=[A-Za-z*_][A-Za-z*_])\s{1,9}-{1,2}\s{1,9}(?=[$€£]?[\d.])", re.ASCII)
_DIGIT = re.compile(r"\d", re.ASCII)
_NUMBER = r"[-+$€£]{0,2}\d"
_CHANGES = re.compile(
    rf"\A\W{{0,3}}if\b|[<>!]=|[≠≤≥]|\\(?:neq?|leq?|geq?)(?![a-z])|(?<![-=<>])[<>]\s?{_NUMBER}"
    r"|\b(?:not|never|cannot|neither|nor|except|unequal|unlikely|maybe|perhaps|possibly|might|(?:any|every)thing but"
    rf"|\w{{1,9}}n['’]t)(?![\w'’])[^\d.,;:\n]{{0,60}}{_NUMBER}"
    rf"|\b(?:less|more|fewer|greater|larger|smaller|bigger|higher|lower|other|rather|different) (?:than|from|to)\b"
    rf"[^\d\n]{{0,30}}{_NUMBER}"
    rf"|\b(?:at (?:least|most)|under|over|below|above|up to|half|twice|thrice|double|triple|thirds?|quarters?)"
    rf"\s(?:(?:of|the|a|as (?:much|many) as)\s){{0,3}}{_NUMBER}"
    r"|\d\W{0,3}(?:(?:is|was|are|would be|seems?|looks?)\s)?(?:not|wrong|incorrect|false|impossible|too \w{3,5})\b"
    r"|\d\W{0,3}(?:is|was|are)n['’]t\b"
    r"|\d\s?(?:or|and) (?:something|others?|else|more|less|fewer|above|below|greater|higher|lower)\b",
    re.IGNORECASE | re.ASCII,
)


def require_plain(text: str) -> None:
    """Refuse a text that compares a number, denies it, or names a part or a multiple of it.

    Raises:
        UnreadableError: The number in the text is not the number that the text means.
    """
    number = _DIGIT.search(text)
    if _CHANGES.search(text) or (number and takes_back(text[number.end() :])):
        raise UnreadableError("the words around the number change it")


def with_signs(text: str) -> str:
    """Join a sign or the word "minus" to the number after it; remove a dash between a word and a number."""
    return _DASH.sub(" ", _SIGN.sub(r"\1\2", _NEGATIVE.sub("-", text)))


def scale_of(text: str) -> tuple[str, Fraction]:
    """Return a text without the word that scales its number, and the scale.

    Raises:
        UnreadableError: Such a word does not follow a number.
    """
    found = _SCALED.search(text)
    rest = text[: found.start()] + text[found.end() :] if found else text
    if _SCALE.search(rest):
        raise UnreadableError("the words around the number change it")
    return rest, Fraction(_SCALES[found[1].lower()] if found else 1)
