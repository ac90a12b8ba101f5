"""Collect the numbers of every group in one set per group."""

from codesteer.symbench.problems.standard_sudoku import Puzzle
from codesteer.symbench.solvers.sudoku import Grid


def accepts(puzzle: Puzzle, answer: Grid) -> bool:
    side = len(puzzle.givens)
    box = int(side**0.5)
    facts = {
        fact
        for r, row in enumerate(answer)
        for c, number in enumerate(row)
        if r < side and c < side and 1 <= number <= side
        for fact in (("row", r, number), ("column", c, number), ("box", r // box * box + c // box, number))
    }
    kept = {(r, c, n) for r, row in enumerate(puzzle.givens) for c, n in enumerate(row) if n}
    cells = {(r, c, n) for r, row in enumerate(answer) for c, n in enumerate(row)}
    return len(facts) == 3 * side * side == 3 * len(cells) and kept <= cells
