"""The walk on a dictionary of tiles with complex positions."""

from codesteer.symbench.problems.game_2048 import Grid, Puzzle

TURNS = {"u": -1j, "d": 1j, "l": -1, "r": 1}


def accepts(puzzle: Puzzle, answer: Grid) -> bool:
    side = len(puzzle.grid)
    cells = {complex(x, y): puzzle.grid[y][x] for y in range(side) for x in range(side)}
    at = complex(puzzle.start[1], puzzle.start[0])
    for move in puzzle.moves:
        there = at + TURNS[move]
        number = cells[at]
        if cells.get(there) == 0:
            cells[at], cells[there], at = 0, number, there
        elif cells.get(there) == number:
            cells[at], cells[there], at = 0, 2 * number, there
    return answer == tuple(tuple(cells[complex(x, y)] for x in range(side)) for y in range(side))
