"""Sudoku grids: generate a full one, check that a blank keeps it unique, solve one."""

from collections.abc import Iterator
from itertools import combinations
from math import isqrt
from random import Random

from codesteer.symbench.solvers import import_solver

Grid = tuple[tuple[int, ...], ...]


def random_grid(rng: Random, box: int) -> Grid:
    """Generate a full grid: shuffle the numbers, rows and columns of the regular pattern within the rules."""
    side = box * box
    numbers = rng.sample(range(1, side + 1), side)
    rows, columns = _order(rng, box), _order(rng, box)
    return tuple(
        tuple(numbers[(box * (row % box) + row // box + column) % side] for column in columns) for row in rows
    )


def stays_unique(grid: list[list[int]], row: int, column: int, number: int) -> bool:
    """Whether a grid with one solution keeps it when the cell holding ``number`` is emptied."""
    search = _Search(grid)
    others = search.candidates(row, column) & ~(1 << number)
    return not any(search.holds(row, column, bit) for bit in _bits(others))


def solve_sudoku(grid: Grid) -> Grid | None:
    """Solve a grid with a SAT solver (needs ``python-sat``); None if there is no solution."""
    side = len(grid)
    cells = [(row, column, number) for row in range(side) for column in range(side) for number in range(side)]
    with import_solver("pysat.solvers").Solver(name="cadical153") as solver:
        for group in _groups(side):
            variables = [1 + (row * side + column) * side + number for row, column, number in group]
            solver.add_clause(variables)
            for one, other in combinations(variables, 2):
                solver.add_clause([-one, -other])
        givens = [1 + i for i, (row, column, number) in enumerate(cells) if grid[row][column] == number + 1]
        if not solver.solve(assumptions=givens):
            return None
        true = {literal for literal in solver.get_model() if literal > 0}
    numbers = [number + 1 for i, (_, _, number) in enumerate(cells) if 1 + i in true]
    return tuple(tuple(numbers[start : start + side]) for start in range(0, side * side, side))


def _groups(side: int) -> Iterator[list[tuple[int, int, int]]]:
    """Yield the sets of (row, column, number) of which exactly one is true."""
    box, span = isqrt(side), range(side)
    for one in span:
        for other in span:
            yield [(one, other, number) for number in span]
            yield [(one, column, other) for column in span]
            yield [(row, one, other) for row in span]
            top, left = box * (one // box), box * (one % box)
            yield [(top + cell // box, left + cell % box, other) for cell in span]


def _order(rng: Random, box: int) -> list[int]:
    bands = rng.sample(range(box), box)
    return [box * band + line for band in bands for line in rng.sample(range(box), box)]


def _bits(mask: int) -> Iterator[int]:
    while mask:
        bit = mask & -mask
        mask ^= bit
        yield bit


class _Search:
    """Depth-first search that always fills the blank with the fewest candidates."""

    def __init__(self, grid: list[list[int]]) -> None:
        side = len(grid)
        self._box = isqrt(side)
        self._full = (1 << (side + 1)) - 2
        self._rows, self._columns, self._boxes = [0] * side, [0] * side, [0] * side
        self._blanks = []
        for row in range(side):
            for column in range(side):
                if grid[row][column]:
                    self._flip(row, column, 1 << grid[row][column])
                else:
                    self._blanks.append((row, column))

    def candidates(self, row: int, column: int) -> int:
        """Return the numbers that the cell may hold, as bits."""
        box = self._box * (row // self._box) + column // self._box
        return self._full & ~(self._rows[row] | self._columns[column] | self._boxes[box])

    def holds(self, row: int, column: int, bit: int) -> bool:
        """Whether there is a solution with this number in this cell."""
        position = self._blanks.index((row, column))
        self._blanks[position] = self._blanks[-1]
        self._blanks.pop()
        self._flip(row, column, bit)
        found = self._extends()
        self._flip(row, column, bit)
        self._blanks.append((row, column))
        return found

    def _extends(self) -> bool:
        fewest, cell, options = 99, (0, 0), 0
        for row, column in self._blanks:
            mask = self.candidates(row, column)
            if (count := mask.bit_count()) < fewest:
                fewest, cell, options = count, (row, column), mask
                if count <= 1:
                    break
        return not self._blanks or any(self.holds(*cell, bit) for bit in _bits(options))

    def _flip(self, row: int, column: int, bit: int) -> None:
        self._rows[row] ^= bit
        self._columns[column] ^= bit
        self._boxes[self._box * (row // self._box) + column // self._box] ^= bit
