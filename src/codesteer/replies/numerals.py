"""Numbers as people and models write them: other digits and minus signs, thousands with separators."""

import re
import unicodedata

_MINUS = dict.fromkeys(map(ord, "−–—‐‑‒﹣－"), "-")
_MARKS = {
    ord("٫"): ".",
    ord("．"): ".",
    ord("٬"): ",",
    ord("，"): ",",
    ord("،"): ",",
    ord("、"): ",",
    ord("＋"): "+",
}
_GROUPED = re.compile(
    r"[-+]?\d{1,3}(?:(?P<sign>[,_' ’])\d{3})(?:(?P=sign)\d{3}){0,40}(?:\.\d{0,40})?", re.ASCII
)
_SEPARATORS = re.compile(r"[,_' ’]")


class _Digits(dict[int, str]):
    """A table for ``str.translate`` that works out each character once."""

    def __missing__(self, code: int) -> str:
        digit = unicodedata.decimal(chr(code), None)
        self[code] = chr(code) if digit is None else str(digit)
        return self[code]


_TABLE = _Digits({**_MINUS, **_MARKS})


def normalize_numerals(text: str) -> str:
    """Return the text with ASCII digits and signs: full-width, Arabic-Indic and all other decimal digits are read."""
    return text if text.isascii() else text.translate(_TABLE)


def strip_thousands_separators(number: str) -> str:
    """Return a single number without the separators of its thousands; any other text, lists included, as it is.

    ``1,000`` is read as one number: only where the whole text has this form.
    """
    number = normalize_numerals(number)
    return _SEPARATORS.sub("", number) if _GROUPED.fullmatch(number) else number
