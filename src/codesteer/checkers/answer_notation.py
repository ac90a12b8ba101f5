"""Write an answer in one notation, so that answers can be compared by what they say."""

import re
import unicodedata

from codesteer.replies.latex import strip_latex_commands
from codesteer.replies.numerals import normalize_numerals, strip_thousands_separators
from codesteer.replies.reprs import plain_values

_ESCAPED = re.compile(r"\\([{}%$&#_*^])")
_FRACTION = re.compile(r"(\d?)\\[dtc]?frac\s?(?:(\d)\s?(\d)|\{([^{}]*)\}\s?\{([^{}]*)\})")
_MAX_NESTING = 4
_COMMAND = re.compile(r"\\(?:left|right|cdot|times|div|(?:long)?rightarrow|to|leq?|geq?|neq?)(?![A-Za-z])")
_COMMANDS = {
    **dict.fromkeys((r"\left", r"\right"), ""),
    **dict.fromkeys((r"\cdot", r"\times"), "* "),
    r"\div": "/ ",
    **dict.fromkeys((r"\rightarrow", r"\longrightarrow", r"\to"), "-> "),
    **dict.fromkeys((r"\le", r"\leq"), "<= "),
    **dict.fromkeys((r"\ge", r"\geq"), ">= "),
    **dict.fromkeys((r"\ne", r"\neq"), "!= "),
}
_MATHEMATICS = re.compile(r"\\[()\[\]]")
_SPELLINGS = {
    **dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad")),
    **dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f"), " "),
    **dict.fromkeys(map(ord, "“”„‟«»‘’‚‹›"), "'"),
    **dict.fromkeys(map(ord, "×∗"), "*"),
    **dict.fromkeys(map(ord, "÷∕"), "/"),
    **dict.fromkeys(map(ord, "→⟶➔"), "->"),
    ord("⇒"): "=>",
    ord("≤"): "<=",
    ord("≥"): ">=",
    ord("≠"): "!=",
}
_BRACES = str.maketrans("{}", "[]")
_MARKS = frozenset("*`$")
_FULL_STOP = re.compile(r"(?<=[\w)\]}'\"])\.\Z")
_INNER_STOP = re.compile(r"(?<!\d)\.(?=\S)")
_CURRENCY = re.compile(r"(?<!\S)([-+]?)[$€£][ \t]?(?=\d)|(?<=\d)[ \t]?[$€£](?!\S)", re.ASCII)
_COUNTED = re.compile(
    r"([^\[\](){}<>,\d]{0,300})((?:\d{1,3}(?:,\d{3}){1,40}|\d{1,400})(?:\.\d{1,40})?)([^\[\](){}<>,\d]{0,300})",
    re.ASCII,
)
"""A text about one number."""
_LABEL = re.compile(r"(?<![^\W\d])(?<!\^)(?:\[([^\W\d]\w{0,30})\]|\{([^\W\d]\w{0,30})\})")
"""A word directly in brackets, but no index, argument or exponent."""
_COUNTED_LABEL = re.compile(
    r"\d\s?(?:(?:[*x]|of)\s?)?[\[{][^\W\d]\w{0,30}[\]}]|[\[{][^\W\d]\w{0,30}[\]}]['\"]?\s?[=:*x]\s?\d"
)
_CLOSING = {"(": ")", "[": "]"}


def plain_notation(answer: str) -> str:
    """Return an answer without markup, in plain signs, and with square brackets around its lists."""
    text = unicodedata.normalize("NFC", plain_values(strip_latex_commands(answer)))
    text = _ESCAPED.sub(r"\1", _plain_latex(normalize_numerals(text))).translate(_SPELLINGS)
    return _tuples_as_lists(_keep_labels(_unwrapped(text.strip())).translate(_BRACES))


def as_number(plain: str) -> str:
    """Return a text about one number without thousands separators and currency; any other text, unchanged."""
    number = strip_thousands_separators(_CURRENCY.sub(r"\1", plain).strip())
    counted = _COUNTED.fullmatch(number)
    return counted[1] + counted[2].replace(",", "") + counted[3] if counted else plain


def _plain_latex(text: str) -> str:
    for _ in range(_MAX_NESTING):
        if "\\" not in text:
            return text
        text = _FRACTION.sub(_quotient, text)
    return _MATHEMATICS.sub(" ", _COMMAND.sub(lambda command: _COMMANDS[command[0]], text))


def _quotient(fraction: re.Match[str]) -> str:
    """Write a fraction with a slash; after a digit it is the rest of a mixed number."""
    parts = fraction[2] or fraction[4], fraction[3] or fraction[5]
    above, below = (part if part.isalnum() else f"({part})" for part in parts)
    return f"{fraction[1]} {above}/{below}".lstrip()


def _unwrapped(text: str) -> str:
    """Remove the marks of Markdown and LaTeX in pairs around a text, and its full stop.

    The same signs may be the first and last item of a list, or cells of a board, which are part of the answer.
    """
    text = text if _INNER_STOP.search(text) else _FULL_STOP.sub("", text)
    while (mark := text[:1]) in _MARKS:
        inside = text.strip(mark)
        around = len(text) - len(text.lstrip(mark)), len(text) - len(text.rstrip(mark))
        is_pair = around[0] == around[1] and mark not in inside and inside == inside.strip(" \t,;")
        if not is_pair or not any(map(str.isalnum, inside)):
            break
        text = inside.strip()
    return text


def _keep_labels(text: str) -> str:
    """Give the brackets of labels signs of their own, if they tell labels apart: ``3 [A], 2 {A}``."""
    if "\\" in text:
        return text
    kinds = {found.lastindex for found in _LABEL.finditer(text)}
    if len(kinds) < 2 and not _COUNTED_LABEL.search(text):
        return text
    return _LABEL.sub(lambda label: f"⟦{label[1]}⟧" if label[1] else f"⦃{label[2]}⦄", text)


def _tuples_as_lists(text: str) -> str:
    """Write the parentheses around several items as square brackets; those of calls and expressions stay."""
    if "(" not in text:
        return text
    characters, opened = list(text), list[list[int]]()
    for place, character in enumerate(text):
        if character in _CLOSING:
            opened.append([place, 0])
        elif character == "," and opened:
            opened[-1][1] += 1
        elif opened and character == _CLOSING[text[opened[-1][0]]]:
            start, commas = opened.pop()
            is_call = start > 0 and (text[start - 1].isalnum() or text[start - 1] in "_)")
            if commas and not is_call:
                characters[start], characters[place] = "[", "]"
    return "".join(characters)
