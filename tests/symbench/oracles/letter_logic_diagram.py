"""Facts about letters in rows, columns and on the diagonal, counted in sets."""

from codesteer.symbench.problems.letter_logic_diagram import Grid, Puzzle


def accepts(puzzle: Puzzle, answer: Grid) -> bool:
    side = len(puzzle.grid)
    cells = {(i, j, letter) for i, row in enumerate(answer) for j, letter in enumerate(row)}
    letters = [chr(97 + place) for place in range(side)]
    rows = {(i, letter) for i, j, letter in cells if i < side and j < side and letter in letters}
    columns = {(j, letter) for i, j, letter in cells if i < side and j < side and letter in letters}
    diagonal = {letter for i, j, letter in cells if i + j == side - 1}
    given = {(i, j, letter) for i, row in enumerate(puzzle.grid) for j, letter in enumerate(row) if letter}
    return len(cells) == len(rows) == len(columns) == side * side and len(diagonal) == 1 and given <= cells
