"""Which questions are held out: always the same ones, so that no stage judges by what another learnt from."""

import hashlib


def is_held_out(question_id: str, share: float) -> bool:
    """Whether a question belongs to the held-out share; decided by its id alone, the same at every stage."""
    digest = hashlib.sha256(f"codesteer.training/held-out/{question_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < share
