"""Press buttons that toggle lights of a square network and report the lights at the end."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from string import ascii_uppercase, digits
from typing import Any

from codesteer.symbench.item import SolvedPuzzle
from codesteer.symbench.parsing import parse_grid
from codesteer.symbench.task import ComputedTask

Grid = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    side: int
    buttons: int
    presses: int


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The lights at the start, the cells of each button (from 1), and the buttons pressed by letter."""

    grid: Grid
    buttons: tuple[tuple[tuple[int, int], ...], ...]
    presses: str


class LightPuzzles(ComputedTask[Difficulty, Puzzle, Grid]):
    """Buttons that toggle lights."""

    slug = "light_puzzles"
    title = "Light puzzles"
    seen = True
    answer_format = "a grid of 0 and 1"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty(3, 2, 2),
        Difficulty(4, 2, 3),
        Difficulty(4, 3, 4),
        Difficulty(5, 3, 4),
        Difficulty(6, 4, 6),
        Difficulty(8, 5, 10),
        Difficulty(10, 6, 20),
    )

    def random_puzzle(self, rng: Random, difficulty: Difficulty) -> Puzzle:
        """Draw lights, buttons and presses with a net effect."""
        cells = [
            (row, column) for row in range(1, difficulty.side + 1) for column in range(1, difficulty.side + 1)
        ]
        while True:
            grid = tuple(tuple(rng.choices((0, 1), k=difficulty.side)) for _ in range(difficulty.side))
            most = difficulty.side**2 // 2
            buttons = tuple(tuple(rng.sample(cells, rng.randint(2, most))) for _ in range(difficulty.buttons))
            presses = "".join(rng.choices(ascii_uppercase[: difficulty.buttons], k=difficulty.presses))
            puzzle = Puzzle(grid, buttons, presses)
            if self.compute_answer(puzzle) != grid:
                return puzzle

    def compute_answer(self, puzzle: Puzzle) -> Grid:
        """Return the lights after the last press."""
        lights = [list(row) for row in puzzle.grid]
        for letter in puzzle.presses:
            for row, column in puzzle.buttons[ascii_uppercase.index(letter)]:
                lights[row - 1][column - 1] ^= 1
        return tuple(map(tuple, lights))

    def format_question(self, puzzle: Puzzle) -> str:
        """Print the lights, the buttons and the presses."""
        side = len(puzzle.grid)
        lights = "\n".join("".join(map(str, row)) for row in puzzle.grid)
        buttons = "\n".join(
            f"Button {letter}: {', '.join(f'({row}, {column})' for row, column in cells)}"
            for letter, cells in zip(ascii_uppercase, puzzle.buttons, strict=False)
        )
        return (
            f"A network of {side} rows and {side} columns of lights, 1 for on and 0 for off:\n\n"
            f"{lights}\n\n"
            "Pressing a button toggles each light that it controls: on becomes off and off becomes on. "
            "Positions are (row, column), counted from 1 at the top left.\n\n"
            f"{buttons}\n\n"
            f"These buttons are pressed one after the other: {', '.join(puzzle.presses)}.\n"
            f"What does the network look like then? Give all {side * side} lights row by row, separated by "
            "commas, in the format <<<list>>>, for example <<<0,1,1,0>>> for a network of 2 rows and 2 "
            "columns."
        )

    def parse(self, text: str, puzzle: Puzzle) -> Grid:
        """Read a flat list, lines or nested lists; digits may run together."""
        return parse_grid(text, len(puzzle.grid), digits)

    def format_answer(self, answer: Grid) -> str:
        """Write one flat list."""
        return ",".join(str(light) for row in answer for light in row)

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, Grid]:
        """Read the network, its buttons, the presses and the stored lights."""
        stored = record["answer"]
        side, lights = stored["n"], stored["solution"]
        buttons = tuple(
            tuple((row, column) for row, column in stored["buttons"][name])
            for name in sorted(stored["buttons"])
        )
        puzzle = Puzzle(tuple(map(tuple, stored["initial_state"])), buttons, "".join(stored["operations"]))
        return SolvedPuzzle(
            puzzle, tuple(tuple(lights[start : start + side]) for start in range(0, side * side, side))
        )


TASK = LightPuzzles()
