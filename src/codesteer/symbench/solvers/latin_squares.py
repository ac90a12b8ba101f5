"""Complete Latin squares whose diagonal from top right to bottom left holds one letter."""

from collections.abc import Iterator
from string import ascii_lowercase

from codesteer.symbench.solvers import import_solver

Grid = tuple[tuple[str, ...], ...]


def completions(grid: Grid) -> Iterator[Grid]:
    """Yield all completions of a grid; an empty string is a blank."""
    side = len(grid)
    shown = {grid[i][side - 1 - i] for i in range(side)} - {""}
    if len(shown) > 1:
        return
    for letter in shown or ascii_lowercase[:side]:
        rows = [list(row) for row in grid]
        for i in range(side):
            rows[i][side - 1 - i] = letter
        if _consistent(rows):
            yield from _filled(rows)


def solve_latin_square(grid: Grid) -> Grid | None:
    """Complete a grid with the CP-SAT solver of OR-Tools, for large grids; None if impossible."""
    cp_model = import_solver("ortools.sat.python.cp_model")
    side, model = len(grid), cp_model.CpModel()
    rows = [[model.new_int_var(0, side - 1, "") for _ in range(side)] for _ in range(side)]
    for line in [*rows, *map(list, zip(*rows, strict=True))]:
        model.add_all_different(line)
    for i, row in enumerate(grid):
        model.add(rows[i][side - 1 - i] == rows[0][side - 1])
        for j, letter in enumerate(row):
            if letter:
                model.add(rows[i][j] == ascii_lowercase.index(letter))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1  # the same answer every time
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return tuple(tuple(ascii_lowercase[solver.value(cell)] for cell in row) for row in rows)


def _consistent(rows: list[list[str]]) -> bool:
    lines = [*rows, *map(list, zip(*rows, strict=True))]
    letters = [[letter for letter in line if letter] for line in lines]
    return all(len(set(line)) == len(line) for line in letters)


def _filled(rows: list[list[str]]) -> Iterator[Grid]:
    """Fill the blank with the fewest candidates first."""
    cell = _tightest(rows)
    if cell is None:
        yield tuple(map(tuple, rows))
        return
    i, j, letters = cell
    for letter in letters:
        rows[i][j] = letter
        yield from _filled(rows)
    rows[i][j] = ""


def _tightest(rows: list[list[str]]) -> tuple[int, int, list[str]] | None:
    alphabet = ascii_lowercase[: len(rows)]
    columns = [{row[j] for row in rows} for j in range(len(rows))]
    best = None
    for i, row in enumerate(rows):
        used = set(row)
        for j, letter in enumerate(row):
            if not letter:
                free = [option for option in alphabet if option not in used and option not in columns[j]]
                if best is None or len(free) < len(best[2]):
                    best = (i, j, free)
                    if len(free) < 2:
                        return best
    return best
