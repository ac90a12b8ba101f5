"""Write mathematical answers, in LaTeX or plain text, in one notation: without markup, units and labels."""

import re
import unicodedata
from typing import Final

from codesteer.symbench.parsing.cleaning import clean
from codesteer.symbench.parsing.units import UNITS

_MARKUP = re.compile(
    r"\\(?:left|right|displaystyle|quad|qquad|bigl?|bigr?)(?![A-Za-z])|\\[,;:!() ]|\\\[|\\\]|(?<!\\)\$|~"
)
_DEGREES = re.compile(r"\^\s?\{?\s?\\circ\s?\}?|\\degree|°|\\\$|[€£]")
_PERCENT = re.compile(r"\\%|(?<=[\d)}] )percent\b", re.IGNORECASE)
_SIZED = re.compile(r"\\[dtc](frac|binom)")
_SHORT: Final = r"(\d|\\pi(?![A-Za-z]))"
_SHORT_ABOVE = re.compile(rf"\\(frac|binom)\s?{_SHORT}")
_SHORT_BELOW = re.compile(rf"(\\(?:frac|binom)\s?\{{[^{{}}]*\}})\s?{_SHORT}")
_SHORT_ROOT = re.compile(r"\\sqrt\s?(\d)")
_THOUSANDS = re.compile(r"(?<=\d)(?:,|\{,\}|\\,)(?=\d{3}(?!\d))", re.ASCII)
_SPACED_THOUSANDS = re.compile(r"(?<![\d.])(?<!\d )\d{1,3}(?: \d{3}){1,10}(?! ?[\d/])", re.ASCII)
_WORDS = re.compile(r"\\(?:text|textbf|textrm|mbox|mathrm|mathbf)\s?\{([^{}]*)\}")
_RATE: Final = rf"(?:\s?/\s?(?:h|hr|s|sec|{UNITS})|\sper\s{UNITS})"
_UNIT = re.compile(
    rf"(?:(?<!\s)\s++)?(?:\b|(?<=\d)(?=[A-Za-z]{{2}}))(?:{UNITS}{_RATE}?|deg|rad|mph|kmh|kph)\b\.?"
    r"(?:\s?\^\s?\{?[23]\}?)?\Z",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"(?<=[\d)}!]) (?:(?:different|distinct|possible|such|total) ){0,2}"
    r"(?!\w{0,20}(?:ths|rds)\b|(?:halves|quarters|tens|dozens|hundreds|thousands|\w{1,9}illions|scores|plus|minus|less|times|is)\b)"
    r"[a-z]{2,20}s\Z"
)
"""What is counted, in the plural: ``10 marbles``; but "tenths" and "dozens" change the number."""
_SUPERSCRIPTS = str.maketrans({"²": "^2", "³": "^3", "±": "\\pm "})
_VULGAR = re.compile("[¼-¾⅐-⅞]")
_POWER_OF_TEN = re.compile(r"(?<=\d) ?[xX] ?(?=10\s?\^)")
_REPEATING = re.compile(r"(\d{0,15})\.(\d{0,15})\\(?:overline|bar)\s?\{(\d{1,15})\}", re.ASCII)
_IN_BRACKETS = re.compile(
    r"\(\s?(?:or |i\.e\.,? |which is )?(?:approximately|approx\b\.?|about|roughly|≈|\\approx|=)\s?([^()]{1,60})\)\Z"
)
_APPROXIMATELY = re.compile(
    r"(?:,\s?)?(?:\b(?:or|i\.e\.,?|which is|is)\s)?\b(?:approximately|approx\b\.?|about|roughly)\s",
    re.IGNORECASE,
)
_JOINED = re.compile(r"(?<=\w) (?:and|or) (?=\S)")
_EQUATION = re.compile(
    r"^(?:[A-Za-z](?:_\{?\w{1,5}\}?)?(?:\([A-Za-z]\))?|\([A-Za-z](?:,\s?[A-Za-z]){1,3}\))\s?=\s?"
)
_LABEL = re.compile(r"^[A-Za-z][A-Za-z ]{1,40}(?::| is(?: equal to)?(?= ))\s?")
_PLUS_MINUS = re.compile(r"\\pm ?([^,]{1,100})")
_OPTION = re.compile(r"(?:(?i:option|choice) )?\(?([A-Z])\)?\.?")
_MEANINGLESS_SPACE = re.compile(r"(?<![\d.]) | (?![\d.])")


def normalize_math(text: str) -> str:
    """Remove markup without meaning, labels and units; percentages keep their sign."""
    text = _SIZED.sub(r"\\\1", _MARKUP.sub(" ", _THOUSANDS.sub("", clean(text).replace("\\!", ""))))
    text = _VULGAR.sub(_plain_fraction, _REPEATING.sub(_repeating, text.translate(_SUPERSCRIPTS)))
    text = _DEGREES.sub(" ", text).replace("\\{", "{").replace("\\}", "}")
    text = _SHORT_ROOT.sub(r"\\sqrt{\1}", _SHORT_BELOW.sub(r"\1{\2}", _SHORT_ABOVE.sub(r"\\\1{\2}", text)))
    text = _PERCENT.sub("%", " ".join(_WORDS.sub(r" \1 ", text).split()))
    text = _POWER_OF_TEN.sub("*", _SPACED_THOUSANDS.sub(lambda number: number[0].replace(" ", ""), text))
    text = _APPROXIMATELY.sub(" ≈ ", _IN_BRACKETS.sub(r"≈ \1", _LABEL.sub("", text)))
    text = _without_units(_EQUATION.sub("", _JOINED.sub(", ", text)).strip().rstrip(" ."))
    return _PLUS_MINUS.sub(r"\1, -(\1)", text) if _PLUS_MINUS.fullmatch(text) else text


def compact(text: str) -> str:
    """Return a normalized text without case and spaces, except those between two numbers."""
    option = _OPTION.fullmatch(text)
    return option[1] if option else _MEANINGLESS_SPACE.sub("", text.replace("%", "")).lower()


def _without_units(text: str) -> str:
    if not re.search(r"[\d)}π]|\\pi", text):
        return text
    text = _COUNTED.sub("", text)
    while (unit := _UNIT.search(text)) and unit.start():
        text = text[: unit.start()]
    return text.strip().rstrip(" .")


def _plain_fraction(sign: re.Match[str]) -> str:
    return " " + unicodedata.normalize("NFKC", sign[0]).replace("\u2044", "/")


def _repeating(number: re.Match[str]) -> str:
    """Write a repeating decimal as a fraction."""
    whole, fixed, repeated = number.groups()
    below = (10 ** len(repeated) - 1) * 10 ** len(fixed)
    above = int(f"0{whole}{fixed}{repeated}") - int(f"0{whole}{fixed}")
    return f"({above}/{below})"
