"""Count the queens on every row, column and diagonal."""

from collections import Counter

from codesteer.symbench.problems.eight_queens import Cells, Puzzle


def accepts(puzzle: Puzzle, answer: Cells) -> bool:
    board = {(row, column) for row in range(puzzle.side) for column in range(puzzle.side)}
    lines = Counter(
        line
        for row, column in answer
        for line in (("row", row), ("column", column), ("down", row - column), ("up", row + column))
    )
    kept = set(puzzle.given) <= set(answer) <= board - set(puzzle.forbidden)
    return kept and len(answer) == puzzle.side and max(lines.values()) == 1
