"""Complete a Latin square of letters whose diagonal from top right to bottom left holds one letter.

The official validator compares with the stored grid, although 84 of its 200 puzzles have other solutions; any
grid that satisfies the rules is right.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from random import Random
from string import ascii_lowercase
from typing import Any

from codesteer.symbench.item import Item, SolvedPuzzle
from codesteer.symbench.parsing import parse_cells
from codesteer.symbench.solvers.latin_squares import completions, solve_latin_square
from codesteer.symbench.task import Task

Grid = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    side: int
    blanks: int


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The rows of the grid; an empty string is a blank."""

    grid: Grid


class LetterLogicDiagram(Task[Difficulty, Puzzle, Grid]):
    """Latin squares with a constant diagonal."""

    slug = "letter_logic_diagram"
    title = "Letter logic diagram"
    seen = True
    answer_format = "a grid of letters"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty(5, 10),
        Difficulty(7, 18),
        Difficulty(7, 24),
        Difficulty(7, 30),
        Difficulty(7, 36),
        Difficulty(9, 50),
        Difficulty(12, 80),
        Difficulty(20, 200),
    )

    def generate_puzzle(self, rng: Random, difficulty: Difficulty) -> SolvedPuzzle[Puzzle, Grid]:
        """Shuffle the letters and lines of a cyclic square with its diagonal, then blank cells."""
        side = difficulty.side
        letters, rows = rng.sample(ascii_lowercase[:side], side), rng.sample(range(side), side)
        columns = [side - 1 - row for row in reversed(rows)]
        full = tuple(tuple(letters[(row + column) % side] for column in columns) for row in rows)
        blanks = set(rng.sample(range(side * side), difficulty.blanks))
        grid = tuple(
            tuple("" if side * i + j in blanks else letter for j, letter in enumerate(row))
            for i, row in enumerate(full)
        )
        return SolvedPuzzle(Puzzle(grid), full)

    def format_question(self, puzzle: Puzzle) -> str:
        """Print the grid and the rules."""
        side = len(puzzle.grid)
        letters = ", ".join(ascii_lowercase[:side])
        rows = "\n".join(",".join(cell or "_" for cell in row) for row in puzzle.grid)
        return (
            f"Complete this grid of {side} rows and {side} columns with the letters {letters}; an underscore "
            "is an empty cell, and the letters shown must stay:\n\n"
            f"{rows}\n\n"
            "Every row and every column must hold each letter exactly once. All cells on the diagonal from "
            "the top right corner to the bottom left corner must hold the same letter. If several "
            "completions are possible, any of them is right.\n"
            f"Give all {side} rows from top to bottom, one a line, letters separated by commas, in the "
            "format\n"
            "<<<\n"
            "row 1\n"
            "row 2\n"
            "...\n"
            ">>>"
        )

    def parse(self, text: str, puzzle: Puzzle) -> Grid:
        """Read lines, nested lists or a flat list of letters, which may run together."""
        side = len(puzzle.grid)
        return parse_cells(text.lower(), side, ascii_lowercase[:side])

    def find_violation(self, puzzle: Puzzle, answer: Grid) -> str | None:
        """Check the shape, given letters, rows, columns and the diagonal."""
        side = len(puzzle.grid)
        if [len(row) for row in answer] != [side] * side:
            return f"the answer is not a grid of {side} rows with {side} letters each"
        for i, (row, given) in enumerate(zip(answer, puzzle.grid, strict=True), 1):
            if any(shown not in ("", letter) for letter, shown in zip(row, given, strict=True)):
                return f"a given letter in row {i} was changed"
        letters = set(ascii_lowercase[:side])
        for i, (row, column) in enumerate(zip(answer, zip(*answer, strict=True), strict=True), 1):
            for name, line in (("row", row), ("column", column)):
                if set(line) != letters:
                    return f"{name} {i} does not hold each letter once"
        diagonal = {answer[i][side - 1 - i] for i in range(side)}
        return None if len(diagonal) == 1 else "the diagonal does not hold the same letter throughout"

    def solve(self, item: Item[Puzzle, Grid]) -> Grid | None:
        """Complete the grid with the CP-SAT solver of OR-Tools."""
        return solve_latin_square(item.data.grid)

    def format_answer(self, answer: Grid) -> str:
        """Write one line per row."""
        return "\n".join(",".join(row) for row in answer)

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, Grid]:
        """Read the grid and its stored completion."""
        stored = record["answer"]
        grid = tuple(tuple(cell or "" for cell in row) for row in stored["grid"])
        return SolvedPuzzle(Puzzle(grid), tuple(map(tuple, stored["solution"])))

    def find_defects(self, solved: SolvedPuzzle[Puzzle, Grid]) -> tuple[str, ...]:
        """Flag a grid with a second completion."""
        several = len(list(islice(completions(solved.puzzle.grid), 2))) > 1
        return ("multiple_solutions",) if several else ()


TASK = LetterLogicDiagram()
