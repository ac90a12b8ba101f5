"""Mark the selected cells in a matrix and check its lines and those of its transpose."""

from math import prod

from codesteer.symbench.problems.logical_puzzle import Cells, Puzzle


def accepts(puzzle: Puzzle, answer: Cells) -> bool:
    side = len(puzzle.grid)
    marks: list[list[list[int]]] = [[[] for _ in range(side)] for _ in range(side)]
    for row, column in answer:
        if row not in range(side) or column not in range(side):
            return False
        marks[row][column].append(puzzle.grid[row][column])
    numbers = [cell[0] for row in marks for cell in row if cell]
    single = all(len(cell) < 2 for row in marks for cell in row)
    lines = [
        [n for cell in line for n in cell] for table in (marks, zip(*marks, strict=True)) for line in table
    ]
    kept = all(sum(line) <= 4 if puzzle.rule == "sum" else prod(line) > 0 for line in lines)
    whole = len(set(numbers)) == len(numbers) == puzzle.select
    return bool(single and kept and whole and marks[0][-1])
