"""Select cells of a number grid so that every row and column satisfies a rule on the selected numbers.

Exactly k cells with pairwise different numbers are selected, including the top-right one. By the sum rule the
selected numbers of each row and column add up to at most a limit; by the product rule their product is positive.
Rows and columns without a selected cell are allowed. The official validator checks neither the numbers nor the
required cell nor the bounds, and 27 of the 200 official answers violate the rules.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import comb, prod
from random import Random
from typing import Any

from codesteer.symbench.item import Item, SolvedPuzzle
from codesteer.symbench.parsing import parse_pairs
from codesteer.symbench.solvers import import_solver
from codesteer.symbench.task import Task

Cells = tuple[tuple[int, int], ...]

_SUM_LIMIT = 4
_MAX_EXHAUSTIVE = 20_000


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    side: int
    select: int
    min_number: int
    max_number: int
    rule: str
    """``sum`` or ``product``."""


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The rows of the grid, the number of cells to select, and the rule on rows and columns."""

    grid: tuple[tuple[int, ...], ...]
    select: int
    rule: str


class LogicalPuzzle(Task[Difficulty, Puzzle, Cells]):
    """Selecting cells under a rule on rows and columns."""

    slug = "logical_puzzle"
    title = "Logical puzzle"
    seen = True
    answer_format = "a list of cell positions"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty(3, 3, 1, 4, "sum"),
        Difficulty(3, 4, 1, 4, "sum"),
        Difficulty(4, 6, -5, 8, "product"),
        Difficulty(5, 9, -8, 8, "product"),
        Difficulty(5, 10, -10, 10, "product"),
        Difficulty(6, 12, -12, 12, "product"),
        Difficulty(7, 16, -14, 14, "product"),
        Difficulty(8, 18, -16, 16, "product"),
        Difficulty(9, 20, -18, 18, "product"),
        Difficulty(10, 25, -20, 20, "product"),
    )

    def generate_puzzle(self, rng: Random, difficulty: Difficulty) -> SolvedPuzzle[Puzzle, Cells]:
        """Draw grids and selections until the selection satisfies the rules."""
        cells = [(row, column) for row in range(difficulty.side) for column in range(difficulty.side)]
        corner = (0, difficulty.side - 1)
        while True:
            others = [cell for cell in cells if cell != corner]
            chosen = tuple(sorted([corner, *rng.sample(others, difficulty.select - 1)]))
            numbers = _sum_numbers if difficulty.rule == "sum" else _product_numbers
            grid = {cell: _background(rng, difficulty) for cell in cells} | numbers(rng, difficulty, chosen)
            rows = tuple(
                tuple(grid[row, column] for column in range(difficulty.side))
                for row in range(difficulty.side)
            )
            puzzle = Puzzle(rows, difficulty.select, difficulty.rule)
            if self.find_violation(puzzle, chosen) is None:
                return SolvedPuzzle(puzzle, chosen)

    def format_question(self, puzzle: Puzzle) -> str:
        """Print the grid, the rules and the format."""
        side = len(puzzle.grid)
        rows = "\n".join(", ".join(map(str, row)) for row in puzzle.grid)
        if puzzle.rule == "sum":
            rule = f"the sum of the selected numbers must be at most {_SUM_LIMIT}"
        else:
            rule = "the product of the selected numbers must be greater than 0"
        return (
            f"Here is a grid of {side} rows and {side} columns:\n\n"
            f"{rows}\n\n"
            f"Select exactly {puzzle.select} different cells whose numbers are pairwise different. The "
            f"top-right cell (row 0, column {side - 1}) must be among them. In every row and in every column "
            f"that has selected cells, {rule}. Rows and columns without a selected cell are allowed.\n"
            "Rows are counted from 0 at the top, columns from 0 at the left. Any valid selection is right, "
            "in any order. Answer in the format <<<row column, row column, ...>>>, for example <<<0 3, 1 0, "
            "2 2>>>."
        )

    def parse(self, text: str, puzzle: Puzzle) -> Cells:
        """Read pairs of numbers."""
        return parse_pairs(text)

    def find_violation(self, puzzle: Puzzle, answer: Cells) -> str | None:
        """Check bounds, the number of cells, the corner, the values, and the rule on each line."""
        side = len(puzzle.grid)
        if not all(0 <= row < side and 0 <= column < side for row, column in answer):
            return "a position lies outside the grid"
        if len(answer) != puzzle.select or len(set(answer)) != puzzle.select:
            return f"the answer does not select {puzzle.select} different cells"
        if (0, side - 1) not in answer:
            return "the top-right cell is not selected"
        if len({puzzle.grid[row][column] for row, column in answer}) != puzzle.select:
            return "two selected cells hold the same number"
        broken = next(_broken_lines(puzzle, answer), None)
        return broken and f"the selected numbers of {broken} break the {puzzle.rule} rule"

    def solve(self, item: Item[Puzzle, Cells]) -> Cells | None:
        """Select the cells with the CP-SAT solver of OR-Tools."""
        return _solution(item.data)

    def format_answer(self, answer: Cells) -> str:
        """Write pairs, space inside, comma between."""
        return ", ".join(f"{row} {column}" for row, column in answer)

    def official_validator_accepts(self, item: Item[Puzzle, Cells], text: str) -> bool:
        """Check only the number of positions and the rule on lines, not bounds, values or corner."""
        answer = self.parse(text, item.data)
        return len(answer) == len(item.answer) and not any(_broken_lines(item.data, answer))

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, Cells]:
        """Read the grid and the stored selection."""
        stored = record["answer"]
        answer = tuple((row, column) for row, column in stored["solution"])
        rule = "sum" if stored["constraints"]["type"] == "sum_le_4" else "product"
        return SolvedPuzzle(Puzzle(tuple(map(tuple, stored["grid"])), len(answer), rule), answer)

    def find_defects(self, solved: SolvedPuzzle[Puzzle, Cells]) -> tuple[str, ...]:
        """Flag an item without a solution, if an exhaustive search is quick."""
        puzzle, answer = solved
        side = len(puzzle.grid)
        cells = [
            (row, column) for row in range(side) for column in range(side) if (row, column) != (0, side - 1)
        ]
        few = comb(len(cells), puzzle.select - 1) <= _MAX_EXHAUSTIVE
        if self.find_violation(puzzle, answer) is None or not few:
            return ()
        selections = (((0, side - 1), *others) for others in combinations(cells, puzzle.select - 1))
        solvable = any(self.find_violation(puzzle, selection) is None for selection in selections)
        return () if solvable else ("no_answer_satisfies_stated_rules",)


def _broken_lines(puzzle: Puzzle, cells: Cells) -> Iterator[str]:
    """Yield the rows and columns whose selected numbers break the rule."""
    selected = set(cells)
    for line in range(len(puzzle.grid)):
        row = [number for column, number in enumerate(puzzle.grid[line]) if (line, column) in selected]
        column = [numbers[line] for row_, numbers in enumerate(puzzle.grid) if (row_, line) in selected]
        for name, numbers in ((f"row {line}", row), (f"column {line}", column)):
            if sum(numbers) > _SUM_LIMIT if puzzle.rule == "sum" else prod(numbers) <= 0:
                yield name


def _background(rng: Random, difficulty: Difficulty) -> int:
    """Draw a number for a cell that need not be selected; mixed ranges are 70 % positive, without zero."""
    if difficulty.min_number > 0:
        return rng.randint(difficulty.min_number, difficulty.max_number)
    return (
        rng.randint(1, difficulty.max_number)
        if rng.random() < 0.7
        else rng.randint(difficulty.min_number, -1)
    )


def _sum_numbers(rng: Random, difficulty: Difficulty, chosen: Cells) -> dict[tuple[int, int], int]:
    numbers = rng.sample(range(difficulty.min_number, difficulty.max_number + 1), len(chosen))
    return dict(zip(chosen, numbers, strict=True))


def _product_numbers(rng: Random, difficulty: Difficulty, chosen: Cells) -> dict[tuple[int, int], int]:
    """Draw distinct numbers for the selected cells; flip signs on the corners of random rectangles."""
    negative: set[tuple[int, int]] = set()
    rectangles = [
        {(top, left), (top, right), (bottom, left), (bottom, right)}
        for (top, left), (bottom, right) in combinations(chosen, 2)
        if top < bottom and left < right and (top, right) in chosen and (bottom, left) in chosen
    ]
    for rectangle in rng.sample(rectangles, min(len(rectangles), rng.randint(1, 3))):
        negative ^= rectangle
    positive = [cell for cell in chosen if cell not in negative]
    if len(positive) > difficulty.max_number or len(negative) > -difficulty.min_number:
        return {}
    ups = rng.sample(range(1, difficulty.max_number + 1), len(positive))
    downs = rng.sample(range(difficulty.min_number, 0), len(negative))
    return dict(zip([*positive, *sorted(negative)], [*ups, *downs], strict=True))


def _solution(puzzle: Puzzle) -> Cells | None:
    cp_model = import_solver("ortools.sat.python.cp_model")
    side, model = len(puzzle.grid), cp_model.CpModel()
    chosen = {(row, column): model.new_bool_var("") for row in range(side) for column in range(side)}
    model.add(sum(chosen.values()) == puzzle.select)
    model.add(chosen[0, side - 1] == 1)
    numbers = {number for row in puzzle.grid for number in row}
    for number in numbers:
        model.add_at_most_one(
            var for (row, column), var in chosen.items() if puzzle.grid[row][column] == number
        )
    for line in range(side):
        for cells in ([(line, i) for i in range(side)], [(i, line) for i in range(side)]):
            if puzzle.rule == "sum":
                model.add(
                    sum(puzzle.grid[row][column] * chosen[row, column] for row, column in cells) <= _SUM_LIMIT
                )
            else:
                negative = [chosen[row, column] for row, column in cells if puzzle.grid[row][column] < 0]
                model.add(sum(negative) == 2 * model.new_int_var(0, side, ""))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1  # the same answer every time
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return tuple(cell for cell, var in chosen.items() if solver.value(var))


TASK = LogicalPuzzle()
