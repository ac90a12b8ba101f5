"""Normalise numbers: non-ASCII digits and signs, and thousands separators."""

import re
import unicodedata

_MINUS = dict.fromkeys(map(ord, "−–—‐‑‒﹣－"), "-")
_PUNCTUATION = {
    ord("٫"): ".",
    ord("．"): ".",
    ord("٬"): ",",
    ord("，"): ",",
    ord("،"): ",",
    ord("、"): ",",
    ord("＋"): "+",
}
_GROUPED = re.compile(
    r"[-+]?\d{1,3}(?:(?P<separator>[,_' ’])\d{3})(?:(?P=separator)\d{3}){0,40}(?:\.\d{0,40})?", re.ASCII
)
_SEPARATORS = re.compile(r"[,_' ’]")


class _Digits(dict[int, str]):
    """A table for ``str.translate`` that computes each entry once."""

    def __missing__(self, code: int) -> str:
        digit = unicodedata.decimal(chr(code), None)
        self[code] = chr(code) if digit is None else str(digit)
        return self[code]


_TABLE = _Digits({**_MINUS, **_PUNCTUATION})


def normalize_numerals(text: str) -> str:
    """Convert digits and signs to ASCII, from all scripts with decimal digits."""
    return text if text.isascii() else text.translate(_TABLE)


def strip_thousands_separators(number: str) -> str:
    """Remove the thousands separators of a single number; return any other text, such as a list, unchanged.

    ``1,000`` counts as one number only if it is the whole text.
    """
    number = normalize_numerals(number)
    return _SEPARATORS.sub("", number) if _GROUPED.fullmatch(number) else number
