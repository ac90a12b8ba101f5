"""Lights as a set of lit positions; each press takes the symmetric difference."""

from codesteer.symbench.problems.light_puzzles import Grid, Puzzle


def accepts(puzzle: Puzzle, answer: Grid) -> bool:
    side = len(puzzle.grid)
    lit = {(r, c) for r in range(side) for c in range(side) if puzzle.grid[r][c]}
    for letter in puzzle.presses:
        lit ^= {(row - 1, column - 1) for row, column in puzzle.buttons[ord(letter) - ord("A")]}
    cells = {(r, c): light for r, row in enumerate(answer) for c, light in enumerate(row)}
    return cells == {(r, c): int((r, c) in lit) for r in range(side) for c in range(side)}
