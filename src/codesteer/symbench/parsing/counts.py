"""Parse a fixed number of counts, with or without names."""

import re
from collections.abc import Sequence

from codesteer.symbench.parsing.cleaning import unlatex
from codesteer.symbench.parsing.extraction import UnreadableError
from codesteer.symbench.parsing.numbers import parse_integers


def parse_counts(text: str, names: Sequence[str]) -> tuple[int, ...]:
    """Return one count per name, in this order; single digits may run together.

    Named counts (``A: 1, B=0``, but not ``3 of X``) must be in this order.

    Raises:
        UnreadableError: The number of counts is wrong, or one is not a whole number.
    """
    text = unlatex(text)
    given = re.findall(r"\b([A-Za-z]\w{0,20})[\"']?\s?[:=]", text)
    if given and tuple(name.lower() for name in given) != tuple(name.lower() for name in names):
        raise UnreadableError(f"expected counts of {', '.join(names)} in this order")
    compact = text.strip(" \"'[](){}")
    if len(compact) == len(names) and compact.isascii() and compact.isdigit():
        return tuple(map(int, compact))
    counts = parse_integers(re.sub(r"\b[A-Za-z]\w{0,20}[\"']?\s?[:=]", " ", text))
    if len(counts) != len(names):
        raise UnreadableError(f"expected {len(names)} numbers, found {len(counts)}")
    return counts
