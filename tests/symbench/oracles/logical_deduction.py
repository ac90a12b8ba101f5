"""Read the question and let a SAT solver search for two lines with different things at the place."""

import re
from itertools import combinations
from random import Random

from pysat.solvers import Solver

from codesteer.symbench.problems.logical_deduction import TASK, Puzzle
from codesteer.symbench.wording.lines import LINES

ORDINALS = [
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]
LOW = ("left", "to arrive", "tallest", "oldest", "bottom", "lowest", "lightest")
HIGH = ("right", "last", "shortest", "newest", "top", "highest", "heaviest")


def rank(phrase: str, count: int) -> int:
    numbers = [ORDINALS.index(word) for word in phrase.split() if word in ORDINALS]
    number = numbers[0] if numbers else 1
    return count - number if any(word in phrase for word in HIGH) else number - 1


def accepts(puzzle: Puzzle, answer: str) -> bool:
    _, clues, rest = TASK.format_question(puzzle).split("\n\n")
    things = dict(re.findall(r"^\((\w)\) (.+)$", rest, re.MULTILINE))
    letters, count = list(things), len(things)
    if answer not in things:
        return False
    variable = {(t, p): 1 + i * count + p for i, t in enumerate(letters) for p in range(count)}
    with Solver(name="cadical153") as solver:
        for t in letters:
            solver.add_clause([variable[t, p] for p in range(count)])
        for p in range(count):
            for t, u in combinations(letters, 2):
                solver.add_clause([-variable[t, p], -variable[u, p]])
        for t in letters:
            for p, q in combinations(range(count), 2):
                solver.add_clause([-variable[t, p], -variable[t, q]])
        for sentence in re.split(r"\. ?", clues)[:-1]:
            add(solver, sentence, things, variable)
        place = rank(re.search(r"Which of these (.+)\?", rest)[1], count)  # type: ignore[index]
        assert solver.solve()
        return not solver.solve(assumptions=[-variable[answer, place]])


def add(solver: Solver, sentence: str, things: dict[str, str], variable: dict[tuple[str, int], int]) -> None:
    count = len(things)
    at = {
        t: sentence.lower().find(name.lower())
        for t, name in things.items()
        if re.search(rf"\b{name}\b", sentence, re.I)
    }
    first, *others = sorted(at, key=lambda t: at[t])
    if not others:
        phrase = sentence[len(things[first]) :]
        solver.add_clause([variable[first, rank(phrase, count)]])
        return
    nearer = any(word in sentence for word in ("left of", "earlier", "taller", "older", "below", "lighter"))
    early, late = (first, others[0]) if nearer else (others[0], first)
    for p in range(count):
        for q in range(p + 1):
            solver.add_clause([-variable[early, p], -variable[late, q]])


def mutants(puzzle: Puzzle, answer: str, rng: Random) -> list[str]:
    del rng
    letters = list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: len(puzzle.things)])
    return [*letters, f"{answer} or {'B' if answer == 'A' else 'A'}", "Z", "?"]


assert len(LINES) == 6  # the words above cover them
