"""Detect replies that repeat themselves."""

TAIL_LENGTH, MIN_OCCURRENCES = 80, 3


def is_repetitive(text: str) -> bool:
    """Return whether the end of a reply occurs in it several times."""
    tail = text[-TAIL_LENGTH:]
    return len(tail) == TAIL_LENGTH and text.count(tail) >= MIN_OCCURRENCES
