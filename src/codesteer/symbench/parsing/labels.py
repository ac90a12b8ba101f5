"""Put labelled values in the order of their labels: ``E = 5, D = 2`` and ``{'row': 4, 'column': 3}``."""

import re
from collections.abc import Sequence
from functools import cache

from codesteer.symbench.parsing.extraction import UnreadableError

_QUOTES = r"[\"'*]{0,3}"
_SIGN = rf"{_QUOTES}\s?(?:[:=]|->|→)\s?{_QUOTES}\s?"
_VALUE = r"([-+]?\.?\d[\d./]*+(?:[eE][-+]?\d++)?+)(?!\w)"
_BETWEEN = rf"{_QUOTES}\s?(?:[,;&-]|and\b)?\s?(?:and\b)?\s{{0,20}}{_QUOTES}"


def in_label_order(text: str, names: Sequence[str]) -> str:
    """Return the values in the order of their names, separated by commas; a text without these labels unchanged.

    A name stands before its value (``A = 3``) or after it (``3 A``).

    Raises:
        UnreadableError: A value has no label, or a label occurs twice or not at all.
    """
    before, after = _labelled(tuple(names))
    named, counted = before.search(text), after.search(text)
    if named is None and counted is None:
        return text
    leads = counted is None or (named is not None and named.start() < counted.start())
    pattern, name, value = (before, 1, 2) if leads else (after, 2, 1)
    found = list(pattern.finditer(text))
    values = {match[name].casefold(): match[value] for match in found}
    complete = len(found) == len(values) == len(names)
    if not complete or re.search(r"\d", pattern.sub(" ", text)):
        raise UnreadableError(f"expected one value for each of {', '.join(names)}")
    return ", ".join(values[one.casefold()] for one in names)


def pairs_in_label_order(text: str, first: str, second: str) -> str:
    """Replace each pair of labelled values by a pair in brackets; the labels may come in either order.

    Args:
        text: the text.
        first: a pattern of the label of the first value.
        second: a pattern of the label of the second value.
    """
    forward, backward, either = _pairs(first, second)
    label = either.search(text)
    if label is None:
        return text
    return forward.sub(r"(\1, \2)", text) if label[1] else backward.sub(r"(\2, \1)", text)


@cache
def _labelled(names: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of a name before a value, and of a name after it."""
    choice = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    patterns = (
        rf"(?<!\w)({choice})(?:{_SIGN}|\s){_VALUE}",
        rf"(?<![\w./]){_VALUE}\s?(?:of\s)?{_QUOTES}({choice})(?!\w)(?!{_SIGN}\d)",
    )
    return re.compile(patterns[0], re.IGNORECASE), re.compile(patterns[1], re.IGNORECASE)


@cache
def _pairs(first: str, second: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    one, other = (rf"(?<!\w){_QUOTES}(?:{name}){_QUOTES}\s?[:=]?\s?{_VALUE}" for name in (first, second))
    patterns = (one + _BETWEEN + other, other + _BETWEEN + one, rf"(?<!\w)(?:({first})|{second})(?![^\W\d_])")
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)  # type: ignore[return-value]
