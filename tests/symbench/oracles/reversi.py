"""Lines of the board as strings, flipped with a regular expression."""

import re
from random import Random

from codesteer.symbench.problems.reversi import Board, Puzzle


def lines(side: int) -> list[list[tuple[int, int]]]:
    cells = [(r, c) for r in range(side) for c in range(side)]
    names = [(("row", r), ("column", c), ("down", r - c), ("up", r + c)) for r, c in cells]
    return [
        [cell for cell, own in zip(cells, names, strict=True) if name in own]
        for name in sorted({name for own in names for name in own})
    ]


def play(board: dict[tuple[int, int], str], side: int, at: tuple[int, int], own: str) -> None:
    other = "1" if own == "0" else "0"
    flips = []
    for line in lines(side):
        if at in line:
            text = "".join("!" if cell == at else board[cell] for cell in line)
            for match in re.finditer(f"!(?P<after>{other}+){own}|{own}(?P<before>{other}+)!", text):
                group = "after" if match["after"] else "before"
                flips += line[match.start(group) : match.end(group)]
            both = re.search(f"{own}({other}+)!({other}+){own}", text)
            if both:
                flips += line[both.start(2) : both.end(2)]
    for cell in [*flips, at]:
        board[cell] = own


def accepts(puzzle: Puzzle, answer: Board) -> bool:
    side = len(puzzle.board)
    board = {(r, c): puzzle.board[r][c] for r in range(side) for c in range(side)}
    for turn, (row, column) in enumerate(puzzle.moves):
        assert board[row - 1, column - 1] == "*"
        play(board, side, (row - 1, column - 1), str(turn % 2))
    return answer == tuple(tuple(board[r, c] for c in range(side)) for r in range(side))


def mutants(puzzle: Puzzle, answer: Board, rng: Random) -> list[Board]:
    side = len(answer)
    row, column = rng.randrange(side), rng.randrange(side)
    changed = [
        (*answer[:row], (*answer[row][:column], cell, *answer[row][column + 1 :]), *answer[row + 1 :])
        for cell in "01*"
    ]
    return [
        *changed,
        puzzle.board,
        answer[::-1],
        tuple(line[::-1] for line in answer),
        answer[:-1],
        (*answer, answer[0]),
        tuple(zip(*answer, strict=True)),
    ]
