"""Random number generators and disjoint splits, both derived from SHA-256."""

import hashlib
from random import Random
from typing import Final, Literal, get_args

Split = Literal["train", "dev", "test"]
SPLITS: Final[tuple[Split, ...]] = get_args(Split)


def item_rng(task: str, split: Split, level: int, seed: int, index: int) -> Random:
    """Return the random number generator of an item, seeded with a hash of all coordinates."""
    return Random(_digest(f"codesteer.symbench/{task}/{split}/{level}/{seed}/{index}"))  # noqa: S311 (not for secrets)


def split_of(question: str) -> Split:
    """Return the one split that may ask this question, so that even small tasks do not leak."""
    return SPLITS[_digest(question) % len(SPLITS)]


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
