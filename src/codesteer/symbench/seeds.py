"""Random streams and splits that cannot meet, both derived from SHA-256."""

import hashlib
from random import Random
from typing import Final, Literal, get_args

Split = Literal["train", "dev", "test"]
SPLITS: Final[tuple[Split, ...]] = get_args(Split)


def stream(task: str, split: Split, level: int, seed: int, index: int) -> Random:
    """The random numbers of one item: every argument is hashed, none is added to another."""
    return Random(_digest(f"codesteer.symbench/{task}/{split}/{level}/{seed}/{index}"))  # noqa: S311 (not for secrets)


def home(question: str) -> Split:
    """The one split that may ask this question, so that small tasks leak nothing either."""
    return SPLITS[_digest(question) % len(SPLITS)]


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
