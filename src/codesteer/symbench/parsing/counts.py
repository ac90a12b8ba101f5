"""Parse a fixed number of counts, with or without names."""

from collections.abc import Sequence

from codesteer.symbench.parsing.cleaning import unlatex
from codesteer.symbench.parsing.extraction import UnreadableError
from codesteer.symbench.parsing.labels import in_label_order
from codesteer.symbench.parsing.lists import plain_lines
from codesteer.symbench.parsing.numbers import parse_integers


def parse_counts(text: str, names: Sequence[str]) -> tuple[int, ...]:
    """Return one count per name, in this order or named in any; single digits may run together.

    Raises:
        UnreadableError: The number of counts is wrong, or one is not a whole number.
    """
    text = plain_lines(unlatex(text))
    compact = text.strip(" \"'[](){}")
    if len(compact) == len(names) and compact.isascii() and compact.isdigit():
        return tuple(map(int, compact))
    counts = parse_integers(in_label_order(text, names))
    if len(counts) != len(names):
        raise UnreadableError(f"expected {len(names)} numbers, found {len(counts)}")
    return counts
