"""Complete a Sudoku: every row, column and box holds each number once.

The official grids are 9×9 with one solution and 51 to 55 blanks. Ours start with fewer blanks and go up to 16×16 and
25×25, where uniqueness is not guaranteed: any solution that keeps the given numbers is right.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isqrt
from random import Random
from string import digits
from typing import Any

from codesteer.symbench.item import Item, SolvedPuzzle
from codesteer.symbench.parsing import parse_grid
from codesteer.symbench.solvers.sudoku import Grid, random_grid, solve_sudoku, stays_unique
from codesteer.symbench.task import Task


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    box: int
    """The side of a box; the grid's side is its square."""
    blanks: int
    """Number of cells to empty; with ``unique``, at most as many as uniqueness allows."""
    unique: bool


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The rows of the grid; 0 is a blank."""

    givens: Grid


class StandardSudoku(Task[Difficulty, Puzzle, Grid]):
    """Sudoku with 9, 16 or 25 rows."""

    slug = "standard_sudoku"
    title = "Standard Sudoku"
    seen = True
    answer_format = "a grid of numbers"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty(3, 33, unique=True),
        Difficulty(3, 38, unique=True),
        Difficulty(3, 43, unique=True),
        Difficulty(3, 48, unique=True),
        Difficulty(3, 53, unique=True),
        Difficulty(4, 110, unique=False),
        Difficulty(5, 250, unique=False),
    )

    def generate_puzzle(self, rng: Random, difficulty: Difficulty) -> SolvedPuzzle[Puzzle, Grid]:
        """Shuffle a filled grid and empty cells in random order."""
        full = random_grid(rng, difficulty.box)
        givens = [list(row) for row in full]
        cells = [(row, column) for row in range(len(full)) for column in range(len(full))]
        rng.shuffle(cells)
        blanks = 0
        for row, column in cells:
            givens[row][column] = 0
            kept = not difficulty.unique or stays_unique(givens, row, column, full[row][column])
            givens[row][column] = 0 if kept else full[row][column]
            blanks += kept
            if blanks == difficulty.blanks:
                break
        return SolvedPuzzle(Puzzle(tuple(map(tuple, givens))), full)

    def format_question(self, puzzle: Puzzle) -> str:
        """Print the grid and the format."""
        side = len(puzzle.givens)
        rows = "\n".join(" ".join(str(cell or "_") for cell in row) for row in puzzle.givens)
        box = isqrt(side)
        return (
            f"Complete this {side}x{side} Sudoku. The numbers 1 to {side} must each occur exactly once in "
            f"every row, in every column and in each of the {side} boxes of {box}x{box} cells that tile the "
            "grid. An underscore is an empty cell; the numbers shown must stay.\n\n"
            f"{rows}\n\n"
            "If several completions are possible, any of them is right. Answer with all rows from top to "
            f"bottom as a list of {side} lists of {side} numbers in the format <<<[[row 1], [row 2], "
            "...]>>>, where the numbers of a row are separated by commas."
        )

    def parse(self, text: str, puzzle: Puzzle) -> Grid:
        """Read nested lists, lines or a flat list; digits may run together in a 9×9 grid."""
        side = len(puzzle.givens)
        return parse_grid(text, side, digits if side <= 9 else "")

    def find_violation(self, puzzle: Puzzle, answer: Grid) -> str | None:
        """Check the shape, given numbers, rows, columns and boxes."""
        side = len(puzzle.givens)
        if [len(row) for row in answer] != [side] * side:
            return f"the answer is not a grid of {side} rows with {side} numbers each"
        for row in range(side):
            for column in range(side):
                if puzzle.givens[row][column] not in (0, answer[row][column]):
                    return f"the given number in row {row + 1}, column {column + 1} was changed"
        return next(
            (name for name, cells in _units(answer) if sorted(cells) != list(range(1, side + 1))), None
        )

    def solve(self, item: Item[Puzzle, Grid]) -> Grid | None:
        """Fill the grid with a SAT solver."""
        return solve_sudoku(item.data.givens)

    def format_answer(self, answer: Grid) -> str:
        """Write a list of lists."""
        return str([list(row) for row in answer])

    def official_validator_accepts(self, item: Item[Puzzle, Grid], text: str) -> bool:
        """Check the rules on the first rows and columns only; ignore what is beyond the grid."""
        side = len(item.data.givens)
        answer = self.parse(text, item.data)
        return self.find_violation(item.data, tuple(row[:side] for row in answer[:side])) is None

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, Grid]:
        """Read the grid and the stored solution."""
        stored = record["answer"]
        return SolvedPuzzle(
            Puzzle(tuple(map(tuple, stored["puzzle"]))), tuple(map(tuple, stored["solution"]))
        )


def _units(grid: Grid) -> Iterator[tuple[str, list[int]]]:
    """Yield each row, column and box with the message for a wrong one."""
    side, box = len(grid), isqrt(len(grid))
    for line in range(side):
        yield f"row {line + 1} does not hold each number once", list(grid[line])
        yield f"column {line + 1} does not hold each number once", [row[line] for row in grid]
        top, left = box * (line // box), box * (line % box)
        cells = [cell for row in grid[top : top + box] for cell in row[left : left + box]]
        yield f"the box at row {top + 1}, column {left + 1} does not hold each number once", cells


TASK = StandardSudoku()
