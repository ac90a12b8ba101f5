"""Place queens that do not attack each other."""

from collections.abc import Collection
from random import Random

Cell = tuple[int, int]


def attacks(one: Cell, other: Cell) -> bool:
    """Whether queens on two different cells share a row, a column or a diagonal."""
    down, right = one[0] - other[0], one[1] - other[1]
    return down == 0 or right == 0 or abs(down) == abs(right)


def complete_board(
    side: int, given: Collection[Cell], forbidden: Collection[Cell], rng: Random
) -> tuple[Cell, ...] | None:
    """Add the missing queens at random; None if that is impossible.

    Fills the row with the fewest free cells first.
    """
    free = {
        row: [
            (row, column)
            for column in rng.sample(range(side), side)
            if (row, column) not in forbidden and not any(attacks((row, column), queen) for queen in given)
        ]
        for row in range(side)
        if all(row != queen[0] for queen in given)
    }
    found = _filled(free)
    return None if found is None else tuple(sorted([*given, *found]))


def _filled(free: dict[int, list[Cell]]) -> list[Cell] | None:
    if not free:
        return []
    row = min(free, key=lambda line: len(free[line]))
    for cell in free[row]:
        rest = {
            line: [other for other in cells if not attacks(cell, other)]
            for line, cells in free.items()
            if line != row
        }
        found = _filled(rest)
        if found is not None:
            return [cell, *found]
    return None
