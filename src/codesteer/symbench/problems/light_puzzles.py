"""Press buttons that toggle lights of a square network and report the lights at the end."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from string import ascii_uppercase
from typing import Any

from codesteer.symbench.item import Posed
from codesteer.symbench.parsing import parse_grid
from codesteer.symbench.task import ComputedTask

Grid = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Knobs:
    """What makes a network hard."""

    side: int
    buttons: int
    presses: int


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The lights at the start, the cells of each button (from 1), and the buttons pressed by letter."""

    grid: Grid
    buttons: tuple[tuple[tuple[int, int], ...], ...]
    presses: str


class LightPuzzles(ComputedTask[Knobs, Puzzle, Grid]):
    """Buttons that toggle lights."""

    slug = "light_puzzles"
    title = "Light puzzles"
    seen = True
    form = "a grid of 0 and 1"
    puzzle_type = Puzzle
    ladder = (
        Knobs(3, 2, 2),
        Knobs(4, 2, 3),
        Knobs(4, 3, 4),
        Knobs(5, 3, 4),
        Knobs(6, 4, 6),
        Knobs(8, 5, 10),
        Knobs(10, 6, 20),
    )

    def draw(self, rng: Random, knobs: Knobs) -> Puzzle:
        """Draw lights, buttons and presses that change something in the end."""
        cells = [(row, column) for row in range(1, knobs.side + 1) for column in range(1, knobs.side + 1)]
        while True:
            grid = tuple(tuple(rng.choices((0, 1), k=knobs.side)) for _ in range(knobs.side))
            most = knobs.side**2 // 2
            buttons = tuple(tuple(rng.sample(cells, rng.randint(2, most))) for _ in range(knobs.buttons))
            presses = "".join(rng.choices(ascii_uppercase[: knobs.buttons], k=knobs.presses))
            puzzle = Puzzle(grid, buttons, presses)
            if self.compute(puzzle) != grid:
                return puzzle

    def compute(self, puzzle: Puzzle) -> Grid:
        """The lights after the last press."""
        lights = [list(row) for row in puzzle.grid]
        for letter in puzzle.presses:
            for row, column in puzzle.buttons[ascii_uppercase.index(letter)]:
                lights[row - 1][column - 1] ^= 1
        return tuple(map(tuple, lights))

    def ask(self, puzzle: Puzzle) -> str:
        """Print lights, buttons and presses."""
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
        return parse_grid(text, len(puzzle.grid), glued=True)

    def render(self, answer: Grid) -> str:
        """One flat list."""
        return ",".join(str(light) for row in answer for light in row)

    def read(self, record: Mapping[str, Any]) -> Posed[Puzzle, Grid]:
        """The network, its buttons, the presses and the stored lights."""
        stored = record["answer"]
        side, lights = stored["n"], stored["solution"]
        buttons = tuple(
            tuple((row, column) for row, column in stored["buttons"][name])
            for name in sorted(stored["buttons"])
        )
        puzzle = Puzzle(tuple(map(tuple, stored["initial_state"])), buttons, "".join(stored["operations"]))
        return Posed(
            puzzle, tuple(tuple(lights[start : start + side]) for start in range(0, side * side, side))
        )


TASK = LightPuzzles()
