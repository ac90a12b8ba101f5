"""Complete a board with non-attacking queens; some queens are given, some cells are forbidden.

The official validator ignores the given queens and the edges of the board. The official boards are 8×8 with at
most four forbidden cells; ours go up to 20×20 with more forbidden cells.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from random import Random
from typing import Any

from codesteer.symbench.item import Item, SolvedPuzzle
from codesteer.symbench.parsing import parse_pairs
from codesteer.symbench.solvers.queens import Cell, attacks, complete_board
from codesteer.symbench.task import Task

Cells = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    side: int
    given: int
    """Number of given queens."""
    forbidden: int


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The side of the board, the given queens, the forbidden cells."""

    side: int
    given: Cells
    forbidden: Cells


class EightQueens(Task[Difficulty, Puzzle, Cells]):
    """Placing queens."""

    slug = "eight_queens"
    title = "Eight queens"
    seen = False
    answer_format = "a list of cell positions"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty(8, 3, 1),
        Difficulty(8, 2, 4),
        Difficulty(8, 1, 8),
        Difficulty(8, 1, 16),
        Difficulty(8, 0, 30),
        Difficulty(10, 1, 40),
        Difficulty(12, 1, 60),
        Difficulty(16, 2, 100),
        Difficulty(20, 2, 150),
    )

    def generate_puzzle(self, rng: Random, difficulty: Difficulty) -> SolvedPuzzle[Puzzle, Cells]:
        """Draw a solution, remove some of its queens, and forbid cells that it leaves free."""
        queens = complete_board(difficulty.side, (), (), rng)
        if queens is None:
            raise ValueError(f"{difficulty.side} queens have no solution")
        given = tuple(sorted(rng.sample(queens, difficulty.given)))
        cells = [(row, column) for row in range(difficulty.side) for column in range(difficulty.side)]
        others = [cell for cell in cells if cell not in queens]
        forbidden = tuple(sorted(rng.sample(others, difficulty.forbidden)))
        return SolvedPuzzle(Puzzle(difficulty.side, given, forbidden), queens)

    def format_question(self, puzzle: Puzzle) -> str:
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

    def find_violation(self, puzzle: Puzzle, answer: Cells) -> str | None:
        """Check bounds, count, given queens, forbidden cells and attacks."""
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
            (_describe_attack(one, other) for one, other in combinations(answer, 2) if attacks(one, other)),
            None,
        )

    def solve(self, item: Item[Puzzle, Cells]) -> Cells | None:
        """Search row by row."""
        puzzle = item.data
        return complete_board(puzzle.side, puzzle.given, puzzle.forbidden, Random(0))  # noqa: S311 (not for secrets)

    def format_answer(self, answer: Cells) -> str:
        """Write pairs, space inside, comma between."""
        return ", ".join(f"{row} {column}" for row, column in answer)

    def official_validator_accepts(self, item: Item[Puzzle, Cells], text: str) -> bool:
        """Check count, forbidden cells and attacks only, not given queens or the board's edges."""
        answer = self.parse(text, item.data)
        attacked = any(one == other or attacks(one, other) for one, other in combinations(answer, 2))
        whole = len(answer) == item.data.side
        return whole and not attacked and not set(answer) & set(item.data.forbidden)

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, Cells]:
        """Read the board and the stored placement."""
        stored = record["answer"]
        given, forbidden, solution = (
            tuple((row, column) for row, column in stored[name])
            for name in ("placed_queens", "blocked_positions", "solution")
        )
        return SolvedPuzzle(Puzzle(len(stored["initial_board"]), given, forbidden), solution)


def _describe_attack(one: Cell, other: Cell) -> str:
    return f"the queens at {one[0]} {one[1]} and {other[0]} {other[1]} attack each other"


TASK = EightQueens()
