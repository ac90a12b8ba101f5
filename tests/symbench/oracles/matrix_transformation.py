"""Compute each cell's new position from its indices."""

from codesteer.symbench.problems.matrix_transformation import Grid, Puzzle


def accepts(puzzle: Puzzle, answer: Grid) -> bool:
    rows = len(puzzle.matrix)
    turned = {(c, rows - 1 - r): cell for r, row in enumerate(puzzle.matrix) for c, cell in enumerate(row)}
    return turned == {(r, c): cell for r, row in enumerate(answer) for c, cell in enumerate(row)}
