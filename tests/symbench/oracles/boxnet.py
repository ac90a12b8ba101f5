"""One counter of (square, thing), changed by all actions of a step at once."""

from collections import Counter
from random import Random

from codesteer.symbench.problems.boxnet import Puzzle
from codesteer.symbench.solvers.boxes import Plan


def accepts(puzzle: Puzzle, answer: Plan) -> bool:
    have = Counter(
        (divmod(place, puzzle.columns), thing)
        for place, things in enumerate(puzzle.contents)
        for thing in things
    )
    for step in answer:
        takes: Counter[tuple[tuple[int, int], str]] = Counter()
        gives: Counter[tuple[tuple[int, int], str]] = Counter()
        for row, column, colour, to_row, to_column in step:
            takes[(row, column), f"box_{colour}"] += 1
            if (to_row, to_column) == (-1, -1):
                takes[(row, column), f"target_{colour}"] += 1
            else:
                gives[(to_row, to_column), f"box_{colour}"] += 1
                near = (to_row - row) ** 2 + (to_column - column) ** 2 == 1
                if not (near and 0 <= to_row < puzzle.rows and 0 <= to_column < puzzle.columns):
                    return False
        if len({action[:2] for action in step}) != len(step) or not takes <= have:
            return False
        have = have - takes + gives
    return not have


def mutants(puzzle: Puzzle, answer: Plan, rng: Random) -> list[Plan]:
    at = rng.randrange(len(answer))
    step = answer[at]
    row, column, colour, *to = step[0]
    moved = (row, column, colour, to[0], to[1])
    steps = [
        ((row, column, "pink", to[0], to[1]), *step[1:]),
        ((row, column, colour, row, column + 1), *step[1:]),
        ((row, column, colour, row + 1, column + 1), *step[1:]),
        ((row, column, colour, row, column), *step[1:]),
        ((row, column, colour, -1, -1), *step[1:]),
        ((puzzle.rows, column, colour, to[0], to[1]), *step[1:]),
        step[1:],
        (*step, moved),
        step[::-1],
    ]
    plans = [(*answer[:at], changed, *answer[at + 1 :]) for changed in steps]
    joined = (*answer[:at], tuple(action for part in answer[at:] for action in part))
    return [*plans, joined, answer[1:], answer[:-1], (*answer, answer[0]), answer[::-1], ()]
