"""Play the given moves of a game of Reversi and give the resulting board.

A piece is placed on an empty cell; every straight run (eight directions) of the opponent's pieces between it and
another piece of its own colour is flipped. All 200 official questions print the board after the moves instead of
the one before; for these the game is replayed from the opening position, which always gives the stored board.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from codesteer.symbench.item import Item, SolvedPuzzle
from codesteer.symbench.parsing import parse_cells
from codesteer.symbench.task import ComputedTask

Board = tuple[tuple[str, ...], ...]

EMPTY: Final = "*"
_CELLS: Final = "01" + EMPTY
_OTHER: Final = {"0": "1", "1": "0"}
_DIRECTIONS: Final = tuple((down, right) for down in (-1, 0, 1) for right in (-1, 0, 1) if down or right)


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    side: int
    max_moves_before: int
    """Maximum moves before the board shown; the minimum is half of that."""
    moves: int
    """Number of moves to play."""


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The board, and the moves from it as rows and columns counted from 1; black (0) begins."""

    board: Board
    moves: tuple[tuple[int, int], ...]
    shown: Board | None = None
    """What an official question prints instead of the board."""


class Reversi(ComputedTask[Difficulty, Puzzle, Board]):
    """Following a game of Reversi."""

    slug = "reversi"
    title = "Reversi"
    seen = True
    answer_format = "a board"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty(4, 6, 1),
        Difficulty(6, 6, 2),
        Difficulty(6, 12, 3),
        Difficulty(8, 16, 4),
        Difficulty(8, 30, 6),
        Difficulty(10, 40, 10),
        Difficulty(12, 60, 20),
    )

    def random_puzzle(self, rng: Random, difficulty: Difficulty) -> Puzzle:
        """Play at random from the opening until the game is long enough; black always begins."""
        while True:
            before = 2 * rng.randint(difficulty.max_moves_before // 4, difficulty.max_moves_before // 2)
            game = _random_game(rng, difficulty.side, before + difficulty.moves)
            if len(game) == before + difficulty.moves:
                moves = tuple((row + 1, column + 1) for row, column in game[before:])
                return Puzzle(_played(opening(difficulty.side), game[:before]), moves)

    def compute_answer(self, puzzle: Puzzle) -> Board:
        """Return the board after the moves."""
        return _played(puzzle.board, [(row - 1, column - 1) for row, column in puzzle.moves])

    def format_question(self, puzzle: Puzzle) -> str:
        """Print the board and the moves, and explain which pieces are flipped."""
        side = len(puzzle.board)
        rows = "\n".join("".join(row) for row in puzzle.board)
        moves = "\n".join(
            f"Move {number}: {('white', 'black')[number % 2]} places a piece at ({row}, {column})."
            for number, (row, column) in enumerate(puzzle.moves, 1)
        )
        return (
            f"This is the position in a game of Reversi on a {side}x{side} board; 0 is a black piece, 1 a "
            f"white piece and {EMPTY} an empty cell:\n\n"
            f"{rows}\n\n"
            "The following moves are played from this position. (row, column) is counted from (1, 1) in the "
            "top left corner.\n\n"
            f"{moves}\n\n"
            "After a piece is placed, look from it in each of the eight directions (rows, columns and "
            "diagonals): where one or more pieces of the other colour follow without a gap and then a piece "
            "of the placed colour, all those pieces between change their colour. Pieces that are flipped do "
            "not flip others in turn.\n"
            f"What does the board look like after the last move? Give all {side * side} cells row by row, "
            "separated by commas, in the format <<<cell,cell,...>>>; a 2x2 board could be <<<*,0,1,*>>>."
        )

    def parse(self, text: str, puzzle: Puzzle) -> Board:
        """Read a flat list, rows, or nested lists; the cells of a row may run together."""
        return parse_cells(text, len(puzzle.board), _CELLS)

    def format_answer(self, answer: Board) -> str:
        """Write all cells, comma-separated."""
        return ",".join(cell for row in answer for cell in row)

    def official_validator_accepts(self, item: Item[Puzzle, Board], text: str) -> bool:
        """Compare the cells with the stored ones."""
        return self.format_answer(self.parse(text, item.data)) == self.format_answer(item.answer)

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, Board]:
        """Read the opening position, the moves, the board shown and the stored board."""
        stored = record["answer"]
        side = stored["board_size"]
        moves = tuple((row, column) for row, column in stored["moves"])
        lines = record["question"].split("previous round of the game was:")[1].split()
        shown = tuple(tuple(line) for line in lines[:side])
        answer = parse_cells(stored["solution"], side, _CELLS)
        return SolvedPuzzle(Puzzle(opening(side), moves, shown), answer)

    def find_defects(self, solved: SolvedPuzzle[Puzzle, Board]) -> tuple[str, ...]:
        """Flag a question that prints the final board, and one whose moves change that board."""
        shown, moves = solved.puzzle.shown, solved.puzzle.moves
        if shown is None:
            return ()
        literal = _played(shown, [(row - 1, column - 1) for row, column in moves])
        flags = ["shown_board_already_equals_answer"] * (shown == solved.answer)
        flags += ["literal_replay_gives_other_board"] * (literal != solved.answer)
        return tuple(flags)


def opening(side: int) -> Board:
    """Return the board with four pieces in the middle."""
    middle = {(0, 0): "1", (0, 1): "0", (1, 0): "0", (1, 1): "1"}
    start = side // 2 - 1
    return tuple(
        tuple(middle.get((row - start, column - start), EMPTY) for column in range(side))
        for row in range(side)
    )


def _played(board: Board, moves: list[tuple[int, int]]) -> Board:
    """Return the board after alternating moves, black first; rows and columns are counted from 0."""
    cells = [list(row) for row in board]
    for number, move in enumerate(moves):
        _place(cells, move, "01"[number % 2])
    return tuple(map(tuple, cells))


def _place(cells: list[list[str]], move: tuple[int, int], colour: str) -> None:
    """Place a piece and flip pieces in place."""
    for row, column in (move, *_flipped(cells, *move, colour)):
        cells[row][column] = colour


def _flipped(cells: list[list[str]], row: int, column: int, colour: str) -> Iterator[tuple[int, int]]:
    """Yield the pieces that a piece placed there flips."""
    side, other = len(cells), _OTHER[colour]
    for down, right in _DIRECTIONS:
        run = []
        at_row, at_column = row + down, column + right
        while 0 <= at_row < side and 0 <= at_column < side and cells[at_row][at_column] == other:
            run.append((at_row, at_column))
            at_row, at_column = at_row + down, at_column + right
        if run and 0 <= at_row < side and 0 <= at_column < side and cells[at_row][at_column] == colour:
            yield from run


def _random_game(rng: Random, side: int, length: int) -> list[tuple[int, int]]:
    """Draw legal moves from the opening, fewer than asked for if a player cannot move."""
    cells, game = [list(row) for row in opening(side)], list[tuple[int, int]]()
    while len(game) < length:
        colour = "01"[len(game) % 2]
        legal = [
            (row, column)
            for row in range(side)
            for column in range(side)
            if cells[row][column] == EMPTY and any(_flipped(cells, row, column, colour))
        ]
        if not legal:
            break
        game.append(rng.choice(legal))
        _place(cells, game[-1], colour)
    return game


TASK = Reversi()
