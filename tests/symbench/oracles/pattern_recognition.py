"""Check every square of every size."""

from codesteer.symbench.problems.pattern_recognition import Position, Puzzle


def accepts(puzzle: Puzzle, answer: Position) -> bool:
    rows = puzzle.rows
    for side in range(min(len(rows), len(rows[0])), 0, -1):
        corners = [
            (top + side - 1, left + side - 1)
            for top in range(len(rows) - side + 1)
            for left in range(len(rows[0]) - side + 1)
            if len(set("".join(row[left : left + side] for row in rows[top : top + side]))) == 1
        ]
        if corners:
            return [answer] == corners
    return False
