"""Move one tile of a grid step by step; it merges with equal tiles on its way.

A step into an empty cell moves the tile. A step into an equal tile merges the two there into a tile of twice the
value, which then continues. A step into another tile or the border does nothing. In 101 of the 200 official
questions the tile to move is an empty cell, so nothing can happen; ours always change the grid.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from codesteer.symbench.item import Item, SolvedPuzzle
from codesteer.symbench.parsing import parse_grid
from codesteer.symbench.task import ComputedTask

Grid = tuple[tuple[int, ...], ...]

STEPS: Final = {"u": (-1, 0), "d": (1, 0), "l": (0, -1), "r": (0, 1)}
_MERGING: Final = 0.6


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    side: int
    moves: int


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The grid (0 is empty), the steps, and the tile's row and column, counted from 0."""

    grid: Grid
    moves: str
    start: tuple[int, int]


class Game2048(ComputedTask[Difficulty, Puzzle, Grid]):
    """Moving one tile of a 2048 grid."""

    slug = "game_2048"
    title = "2048"
    seen = False
    answer_format = "a grid of numbers"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty(3, 2),
        Difficulty(3, 3),
        Difficulty(4, 4),
        Difficulty(5, 6),
        Difficulty(6, 10),
        Difficulty(8, 20),
        Difficulty(10, 40),
    )

    def random_puzzle(self, rng: Random, difficulty: Difficulty) -> Puzzle:
        """Draw grids until the walk changes something and, if intended, merges tiles."""
        merging = rng.random() < _MERGING
        while True:
            puzzle = _random(rng, difficulty)
            final = self.compute_answer(puzzle)
            if final != puzzle.grid and (_tiles(final) < _tiles(puzzle.grid)) == merging:
                return puzzle

    def compute_answer(self, puzzle: Puzzle) -> Grid:
        """Return the grid after the last step."""
        grid = [list(row) for row in puzzle.grid]
        row, column = puzzle.start
        if not grid[row][column]:
            return puzzle.grid
        for move in puzzle.moves:
            to_row, to_column = row + STEPS[move][0], column + STEPS[move][1]
            inside = 0 <= to_row < len(grid) and 0 <= to_column < len(grid)
            if inside and grid[to_row][to_column] in (0, grid[row][column]):
                grid[to_row][to_column] += grid[row][column]
                grid[row][column] = 0
                row, column = to_row, to_column
        return tuple(map(tuple, grid))

    def format_question(self, puzzle: Puzzle) -> str:
        """Print the grid and define a step."""
        side = len(puzzle.grid)
        rows = "\n".join(", ".join(map(str, row)) for row in puzzle.grid)
        row, column = puzzle.start[0] + 1, puzzle.start[1] + 1
        return (
            f"In this {side}x{side} grid, numbers are tiles and 0 is an empty cell:\n\n"
            f"{rows}\n\n"
            f"Only the tile in row {row}, column {column} moves (rows counted from 1 at the top, "
            f"columns from 1 at the left), by the steps {puzzle.moves!r}, letter by letter: u is one "
            "cell up, d down, l left, r right. For each step:\n"
            "- If the next cell in that direction is empty, the tile moves there and leaves an empty cell.\n"
            "- If it holds a tile with the same number, both become one tile with twice the number in that "
            "cell, the old cell becomes empty, and the further steps move this new tile.\n"
            "- If it holds another number, or there is no cell, nothing happens.\n\n"
            "What is the grid after all steps? Give the rows from top to bottom as a list of lists in the "
            "format <<<[[row 1], [row 2], ...]>>>, for example <<<[[4, 0], [0, 16]]>>>."
        )

    def parse(self, text: str, puzzle: Puzzle) -> Grid:
        """Read nested lists, lines or a flat list."""
        return parse_grid(text, len(puzzle.grid))

    def format_answer(self, answer: Grid) -> str:
        """Write a list of lists."""
        return str([list(row) for row in answer])

    def official_validator_accepts(self, item: Item[Puzzle, Grid], text: str) -> bool:
        """Compare the numbers, in order, with the stored ones."""
        given = self.parse(text, item.data)
        return [cell for row in given for cell in row] == [cell for row in item.answer for cell in row]

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, Grid]:
        """Read the grid, the steps and the stored grid."""
        stored = record["answer"]
        row, column = stored["start_pos"]
        puzzle = Puzzle(tuple(map(tuple, stored["grid"])), stored["moves"], (row, column))
        return SolvedPuzzle(puzzle, parse_grid(stored["solution"], len(puzzle.grid)))

    def find_defects(self, solved: SolvedPuzzle[Puzzle, Grid]) -> tuple[str, ...]:
        """Flag an item without a tile to move."""
        row, column = solved.puzzle.start
        return () if solved.puzzle.grid[row][column] else ("start_cell_empty",)


def _random(rng: Random, difficulty: Difficulty) -> Puzzle:
    """Draw a grid with a tile in about every second or third cell, few different numbers, and a random walk."""
    side = difficulty.side
    cells = [(row, column) for row in range(side) for column in range(side)]
    tiles = rng.sample(cells, rng.randint(side, min(2 * side, side * side - 1)))
    numbers = {cell: 2 ** rng.randint(1, 4) for cell in tiles}
    grid = tuple(tuple(numbers.get((row, column), 0) for column in range(side)) for row in range(side))
    return Puzzle(grid, "".join(rng.choices("udlr", k=difficulty.moves)), rng.choice(tiles))


def _tiles(grid: Grid) -> int:
    return sum(cell > 0 for row in grid for cell in row)


TASK = Game2048()
