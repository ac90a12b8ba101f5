"""Read a fixed number of counts, named or not."""

import re
from collections.abc import Sequence

from codesteer.symbench.parsing.cleaning import unlatex
from codesteer.symbench.parsing.numbers import parse_integers
from codesteer.symbench.parsing.spans import UnreadableError


def parse_counts(text: str, names: Sequence[str]) -> tuple[int, ...]:
    """One count for each name, in this order; single digits may run together.

    Counts that are named (``A: 1, B=0``, ``3 of X`` is not) must be named in this order.

    Raises:
        UnreadableError: There are fewer or more counts, or one is not a whole number.
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
