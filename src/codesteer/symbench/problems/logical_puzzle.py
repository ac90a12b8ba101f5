"""Select cells of a number grid so that every row and column keeps a rule on the selected numbers.

Exactly k cells with pairwise different numbers are selected, the top-right one among them. Under the sum rule
the selected numbers of each row and each column add up to a limit at most; under the product rule their
product is positive. Rows and columns without a selected cell are fine. The official validator checks neither
the numbers nor the required cell nor the bounds, and 27 of the 200 official answers break the rules.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import comb, prod
from random import Random
from typing import Any

from codesteer.symbench.item import Item, Posed
from codesteer.symbench.parsing import parse_pairs
from codesteer.symbench.solvers import library
from codesteer.symbench.task import Task

Cells = tuple[tuple[int, int], ...]

_SUM_LIMIT = 4
_EXHAUSTIVE = 20_000


@dataclass(frozen=True, slots=True)
class Knobs:
    """What makes a grid hard."""

    side: int
    select: int
    lowest: int
    highest: int
    rule: str
    """``sum`` or ``product``."""


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The rows of the grid, how many cells to select, and the rule on rows and columns."""

    grid: tuple[tuple[int, ...], ...]
    select: int
    rule: str


class LogicalPuzzle(Task[Knobs, Puzzle, Cells]):
    """Selecting cells under a rule on rows and columns."""

    slug = "logical_puzzle"
    title = "Logical puzzle"
    seen = True
    form = "a list of cell positions"
    puzzle_type = Puzzle
    ladder = (
        Knobs(3, 3, 1, 4, "sum"),
        Knobs(3, 4, 1, 4, "sum"),
        Knobs(4, 6, -5, 8, "product"),
        Knobs(5, 9, -8, 8, "product"),
        Knobs(5, 10, -10, 10, "product"),
        Knobs(6, 12, -12, 12, "product"),
        Knobs(7, 16, -14, 14, "product"),
        Knobs(8, 18, -16, 16, "product"),
        Knobs(9, 20, -18, 18, "product"),
        Knobs(10, 25, -20, 20, "product"),
    )

    def pose(self, rng: Random, knobs: Knobs) -> Posed[Puzzle, Cells]:
        """Draw grids and selections until the selection keeps the rules."""
        cells = [(row, column) for row in range(knobs.side) for column in range(knobs.side)]
        corner = (0, knobs.side - 1)
        while True:
            others = [cell for cell in cells if cell != corner]
            chosen = tuple(sorted([corner, *rng.sample(others, knobs.select - 1)]))
            numbers = _sum_numbers if knobs.rule == "sum" else _product_numbers
            grid = {cell: _background(rng, knobs) for cell in cells} | numbers(rng, knobs, chosen)
            rows = tuple(
                tuple(grid[row, column] for column in range(knobs.side)) for row in range(knobs.side)
            )
            puzzle = Puzzle(rows, knobs.select, knobs.rule)
            if self.fault(puzzle, chosen) is None:
                return Posed(puzzle, chosen)

    def ask(self, puzzle: Puzzle) -> str:
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

    def fault(self, puzzle: Puzzle, answer: Cells) -> str | None:
        """Check bounds, number of cells, the corner, the values, and the rule on each line."""
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
        """Let the CP-SAT solver of OR-tools select the cells."""
        return _solution(item.data)

    def render(self, answer: Cells) -> str:
        """Pairs, a space inside and a comma between."""
        return ", ".join(f"{row} {column}" for row, column in answer)

    def published(self, item: Item[Puzzle, Cells], text: str) -> bool:
        """Only the number of positions and the rule on lines count; bounds, values and corner do not."""
        answer = self.parse(text, item.data)
        return len(answer) == len(item.answer) and not any(_broken_lines(item.data, answer))

    def read(self, record: Mapping[str, Any]) -> Posed[Puzzle, Cells]:
        """The grid and the stored selection."""
        stored = record["answer"]
        answer = tuple((row, column) for row, column in stored["solution"])
        rule = "sum" if stored["constraints"]["type"] == "sum_le_4" else "product"
        return Posed(Puzzle(tuple(map(tuple, stored["grid"])), len(answer), rule), answer)

    def flaws(self, posed: Posed[Puzzle, Cells]) -> tuple[str, ...]:
        """Whether a search through all selections finds none; searched only where that is quick."""
        puzzle, answer = posed
        side = len(puzzle.grid)
        cells = [
            (row, column) for row in range(side) for column in range(side) if (row, column) != (0, side - 1)
        ]
        few = comb(len(cells), puzzle.select - 1) <= _EXHAUSTIVE
        if self.fault(puzzle, answer) is None or not few:
            return ()
        selections = (((0, side - 1), *others) for others in combinations(cells, puzzle.select - 1))
        solvable = any(self.fault(puzzle, selection) is None for selection in selections)
        return () if solvable else ("no_answer_satisfies_stated_rules",)


def _broken_lines(puzzle: Puzzle, cells: Cells) -> Iterator[str]:
    """The rows and columns whose selected numbers break the rule."""
    selected = set(cells)
    for line in range(len(puzzle.grid)):
        row = [number for column, number in enumerate(puzzle.grid[line]) if (line, column) in selected]
        column = [numbers[line] for row_, numbers in enumerate(puzzle.grid) if (row_, line) in selected]
        for name, numbers in ((f"row {line}", row), (f"column {line}", column)):
            if sum(numbers) > _SUM_LIMIT if puzzle.rule == "sum" else prod(numbers) <= 0:
                yield name


def _background(rng: Random, knobs: Knobs) -> int:
    """A number for a cell that need not be selected; mixed ranges are 70 % positive and without zero."""
    if knobs.lowest > 0:
        return rng.randint(knobs.lowest, knobs.highest)
    return rng.randint(1, knobs.highest) if rng.random() < 0.7 else rng.randint(knobs.lowest, -1)


def _sum_numbers(rng: Random, knobs: Knobs, chosen: Cells) -> dict[tuple[int, int], int]:
    numbers = rng.sample(range(knobs.lowest, knobs.highest + 1), len(chosen))
    return dict(zip(chosen, numbers, strict=True))


def _product_numbers(rng: Random, knobs: Knobs, chosen: Cells) -> dict[tuple[int, int], int]:
    """Different numbers for the selected cells, their signs flipped on the corners of random rectangles."""
    negative: set[tuple[int, int]] = set()
    rectangles = [
        {(top, left), (top, right), (bottom, left), (bottom, right)}
        for (top, left), (bottom, right) in combinations(chosen, 2)
        if top < bottom and left < right and (top, right) in chosen and (bottom, left) in chosen
    ]
    for rectangle in rng.sample(rectangles, min(len(rectangles), rng.randint(1, 3))):
        negative ^= rectangle
    positive = [cell for cell in chosen if cell not in negative]
    if len(positive) > knobs.highest or len(negative) > -knobs.lowest:
        return {}
    ups = rng.sample(range(1, knobs.highest + 1), len(positive))
    downs = rng.sample(range(knobs.lowest, 0), len(negative))
    return dict(zip([*positive, *sorted(negative)], [*ups, *downs], strict=True))


def _solution(puzzle: Puzzle) -> Cells | None:
    cp_model = library("ortools.sat.python.cp_model")
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
