"""Complete a board with queens that do not attack each other; some queens are given, some cells forbidden.

The official validator overlooks the given queens and the edges of the board. The official boards are 8×8 with
at most four forbidden cells; ours go on to 20×20 and forbid more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from random import Random
from typing import Any

from codesteer.symbench.item import Item, Posed
from codesteer.symbench.parsing import parse_pairs
from codesteer.symbench.solvers.queens import Cell, attack, completion
from codesteer.symbench.task import Task

Cells = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Knobs:
    """What makes a board hard."""

    side: int
    given: int
    """How many queens are on the board already."""
    forbidden: int


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The side of the board, the given queens, the forbidden cells."""

    side: int
    given: Cells
    forbidden: Cells


class EightQueens(Task[Knobs, Puzzle, Cells]):
    """Placing queens."""

    slug = "eight_queens"
    title = "Eight queens"
    seen = False
    form = "a list of cell positions"
    puzzle_type = Puzzle
    ladder = (
        Knobs(8, 3, 1),
        Knobs(8, 2, 4),
        Knobs(8, 1, 8),
        Knobs(8, 1, 16),
        Knobs(8, 0, 30),
        Knobs(10, 1, 40),
        Knobs(12, 1, 60),
        Knobs(16, 2, 100),
        Knobs(20, 2, 150),
    )

    def pose(self, rng: Random, knobs: Knobs) -> Posed[Puzzle, Cells]:
        """Draw a solution, take some of its queens away, and forbid cells that it leaves free."""
        queens = completion(knobs.side, (), (), rng)
        if queens is None:
            raise ValueError(f"{knobs.side} queens have no solution")
        given = tuple(sorted(rng.sample(queens, knobs.given)))
        cells = [(row, column) for row in range(knobs.side) for column in range(knobs.side)]
        others = [cell for cell in cells if cell not in queens]
        forbidden = tuple(sorted(rng.sample(others, knobs.forbidden)))
        return Posed(Puzzle(knobs.side, given, forbidden), queens)

    def ask(self, puzzle: Puzzle) -> str:
        """Print the board, the rules and the format."""
        side = puzzle.side
        marks = dict.fromkeys(puzzle.given, "1") | dict.fromkeys(puzzle.forbidden, "X")
        rows = "\n".join(
            "".join(marks.get((row, column), "0") for column in range(side)) for row in range(side)
        )
        return (
            f"On this {side}x{side} board, 1 is a queen, 0 an empty cell, and X an empty cell on which no "
            "queen may be placed:\n\n"
            f"{rows}\n\n"
            f"Add queens until there are {side}, so that no two queens stand in the same row, in the same "
            "column or on the same diagonal. The queens shown stay where they are. Any valid placement is "
            "right.\n"
            f"Rows are counted from 0 at the top, columns from 0 at the left. List the positions of all "
            f"{side} queens, those shown included, in any order, in the format <<<row column, row column, "
            "...>>>, for example <<<0 3, 1 0, 2 4, ...>>>."
        )

    def parse(self, text: str, puzzle: Puzzle) -> Cells:
        """Read pairs of numbers."""
        return parse_pairs(text)

    def fault(self, puzzle: Puzzle, answer: Cells) -> str | None:
        """Check bounds, number, given queens, forbidden cells, attacks."""
        board = range(puzzle.side)
        if not all(row in board and column in board for row, column in answer):
            return "a position lies outside the board"
        if len(answer) != puzzle.side or len(set(answer)) != puzzle.side:
            return f"the answer does not place {puzzle.side} different queens"
        if not set(puzzle.given) <= set(answer):
            return "a queen of the board is missing"
        if set(puzzle.forbidden) & set(answer):
            return "a queen stands on a forbidden cell"
        return next(
            (_attack(one, other) for one, other in combinations(answer, 2) if attack(one, other)), None
        )

    def solve(self, item: Item[Puzzle, Cells]) -> Cells | None:
        """Search row by row."""
        puzzle = item.data
        return completion(puzzle.side, puzzle.given, puzzle.forbidden, Random(0))  # noqa: S311 (not for secrets)

    def render(self, answer: Cells) -> str:
        """Pairs, a space inside and a comma between."""
        return ", ".join(f"{row} {column}" for row, column in answer)

    def published(self, item: Item[Puzzle, Cells], text: str) -> bool:
        """Only number, forbidden cells and attacks count; given queens and the board's edges do not."""
        answer = self.parse(text, item.data)
        attacked = any(one == other or attack(one, other) for one, other in combinations(answer, 2))
        whole = len(answer) == item.data.side
        return whole and not attacked and not set(answer) & set(item.data.forbidden)

    def read(self, record: Mapping[str, Any]) -> Posed[Puzzle, Cells]:
        """The board and the stored placement."""
        stored = record["answer"]
        given, forbidden, solution = (
            tuple((row, column) for row, column in stored[name])
            for name in ("placed_queens", "blocked_positions", "solution")
        )
        return Posed(Puzzle(len(stored["initial_board"]), given, forbidden), solution)


def _attack(one: Cell, other: Cell) -> str:
    return f"the queens at {one[0]} {one[1]} and {other[0]} {other[1]} attack each other"


TASK = EightQueens()
