"""Refuse puzzles whose numbers would keep a task busy for hours: a board of a billion rows, a billion blocks."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final

from codesteer.errors import ConfigurationError

_MAX_NUMBER: Final = 10_000
"""Generated puzzles have numbers up to about 4,500, official ones smaller."""
_SIDES: Final = frozenset(("boxnet", "cryptanalysis", "eight_queens", "permutations_combinations", "reversi"))
"""Tasks in which a number gives the side of a board, or what is put in order."""
_MAX_SIDE: Final = 100
_ANY_NUMBER: Final = frozenset(
    ("combinatorial_calculation", "game24", "game_2048", "gsm_hard", "new_operator", "number_multiply")
)
"""Tasks that only calculate with their numbers."""
_SEEDED: Final = "rg:"
"""The puzzles of Reasoning Gym hold a seed, not a size."""


def require_feasible(slug: str, puzzle: Any) -> None:
    """Check the numbers of a puzzle, or of the record that holds it.

    Raises:
        ConfigurationError: A number is too large for the task.
    """
    if slug in _ANY_NUMBER or slug.startswith(_SEEDED):
        return
    limit = _MAX_SIDE if slug in _SIDES else _MAX_NUMBER
    for number in _numbers(puzzle):
        if not abs(number) <= limit:
            raise ConfigurationError(f"a puzzle of {slug} has numbers up to {limit:,}, not {_short(number)}")


def _numbers(value: Any) -> Iterator[int | float]:
    if isinstance(value, int | float):
        yield value
    elif isinstance(value, Mapping):
        yield from _numbers(list(value.values()))
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _numbers(part)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _numbers(getattr(value, field.name))


def _short(number: float) -> str:
    text = str(number)
    return text if len(text) <= 20 else f"a number of {len(text)} digits"
