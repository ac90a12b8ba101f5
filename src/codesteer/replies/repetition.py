"""See a reply that goes round in circles."""

TAIL, REPEATS = 80, 3


def is_repetitive(text: str) -> bool:
    """True if a reply goes round in circles: its end stands in it several times over."""
    tail = text[-TAIL:]
    return len(tail) == TAIL and text.count(tail) >= REPEATS
