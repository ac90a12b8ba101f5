"""Pad rows of different lengths on the right, into the tensors that a model reads in one pass."""

from collections.abc import Sequence
from typing import Any

from codesteer.models.libraries import import_library


def padded(rows: Sequence[Sequence[float]], fill: float) -> Any:
    """Return the rows as a tensor, ``(rows, longest row)``, filled on the right; integers if all values are."""
    length = max(map(len, rows))
    return import_library("torch").tensor([[*row, *([fill] * (length - len(row)))] for row in rows])


def attention_mask(rows: Sequence[Sequence[float]]) -> Any:
    """Return 1 where a padded row has a value of its own and 0 where it is filled, ``(rows, longest row)``."""
    return padded([[1] * len(row) for row in rows], 0)
