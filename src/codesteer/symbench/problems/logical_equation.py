"""Assign given numbers to letters, one to one, so that equations and comparisons hold.

Clues have the forms A = B, A = 1.5B, A - B = d, A + B = s and A > B. Any assignment that satisfies them is right;
the official validator allows numbers to be used twice and others to be left out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from string import ascii_uppercase
from typing import Any, Final

from codesteer.symbench.item import Item, SolvedPuzzle
from codesteer.symbench.parsing import in_label_order, parse_integers, parse_rationals, plain_lines, unlatex
from codesteer.symbench.solvers.assignment import Clue, assignments, random_true_clue
from codesteer.symbench.task import Task

Values = tuple[int, ...]

POOL: Final = (
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    12,
    15,
    16,
    18,
    20,
    24,
    27,
    28,
    30,
    32,
    34,
    36,
    39,
    42,
    45,
    48,
    50,
    54,
)
POOL_HIGH: Final = (56, 60, 64, 72, 75, 78, 80, 90, 95, 96, 100, 112, 120, 121, 144, 150, 162, 180, 196, 225)

_CLUE = re.compile(r"\d{1,9}\. ([A-Z]) (=|-|\+|>) (?:(\d{1,9}\.\d)?([A-Z]))(?: = (-?\d+))?")


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    letters: int
    clues: int


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The numbers to assign and the clues as (left letter, sign, right letter, number)."""

    numbers: Values
    clues: tuple[tuple[str, str, str, str], ...]


class LogicalEquation(Task[Difficulty, Puzzle, Values]):
    """Assigning numbers to letters."""

    slug = "logical_equation"
    title = "Logical equation"
    seen = True
    answer_format = "a list of integers"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty(5, 4),
        Difficulty(7, 6),
        Difficulty(9, 8),
        Difficulty(11, 11),
        Difficulty(13, 12),
        Difficulty(15, 14),
        Difficulty(20, 20),
    )

    def generate_puzzle(self, rng: Random, difficulty: Difficulty) -> SolvedPuzzle[Puzzle, Values]:
        """Assign numbers at random and state distinct facts about them."""
        values = rng.sample(POOL + POOL_HIGH, difficulty.letters)
        clues: list[Clue] = []
        while len(clues) < difficulty.clues:
            clue = random_true_clue(rng, values)
            if all(clue != other for other in clues):
                clues.append(clue)
        written = tuple((clue.left, clue.sign, clue.right, clue.number) for clue in clues)
        return SolvedPuzzle(Puzzle(tuple(sorted(values)), written), tuple(values))

    def format_question(self, puzzle: Puzzle) -> str:
        """List the numbers and the clues."""
        letters = ascii_uppercase[: len(puzzle.numbers)]
        clues = "\n".join(f"{number}. {clue}" for number, clue in enumerate(_clues(puzzle), 1))
        return (
            f"The {len(letters)} letters {', '.join(letters)} stand for the {len(letters)} numbers "
            f"{', '.join(map(str, puzzle.numbers))}: each letter for one number, each number for one letter. "
            "All of these statements hold (2.5B means 2.5 times B):\n\n"
            f"{clues}\n\n"
            "Find such an assignment; if there are several, any of them is right. Give the numbers in the "
            "order of the letters, in the format <<<[value of A, value of B, ...]>>>, for example <<<[3, 1, "
            "2]>>>."
        )

    def parse(self, text: str, puzzle: Puzzle) -> Values:
        """Read a list of numbers in the order of the letters, or labelled with them in any."""
        return parse_integers(_in_order(text, puzzle))

    def find_violation(self, puzzle: Puzzle, answer: Values) -> str | None:
        """Compare with the given numbers, then check each clue exactly."""
        if sorted(answer) != sorted(puzzle.numbers):
            return "the answer does not use each number exactly once"
        broken = next((clue for clue in _clues(puzzle) if not clue.holds(answer)), None)
        return f"{broken} does not hold" if broken else None

    def solve(self, item: Item[Puzzle, Values]) -> Values | None:
        """Search letter by letter."""
        return next(assignments(item.data.numbers, _clues(item.data)), None)

    def format_answer(self, answer: Values) -> str:
        """Write a list."""
        return str(list(answer))

    def official_validator_accepts(self, item: Item[Puzzle, Values], text: str) -> bool:
        """Check the clues in floats; numbers may repeat, and only their integer part must occur."""
        answer = parse_rationals(_in_order(text, item.data))
        if len(answer) != len(item.answer) or any(abs(value) > 10**6 for value in answer):
            return False
        known = all(int(value) in item.answer for value in answer)
        return known and all(_holds_in_floats(clue, answer) for clue in _clues(item.data))

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, Values]:
        """Read the clues from the question's text, and the stored values."""
        found = _CLUE.findall(record["question"])
        clues = tuple(
            (left, "*" if factor else sign, right, factor or number)
            for left, sign, factor, right, number in found
        )
        return SolvedPuzzle(Puzzle(tuple(sorted(record["answer"])), clues), tuple(record["answer"]))

    def find_defects(self, solved: SolvedPuzzle[Puzzle, Values]) -> tuple[str, ...]:
        """Flag an item with a second solution."""
        found = assignments(solved.puzzle.numbers, _clues(solved.puzzle))
        return ("multiple_solutions",) if next(found, None) and next(found, None) else ()


def _in_order(text: str, puzzle: Puzzle) -> str:
    return in_label_order(plain_lines(unlatex(text)), ascii_uppercase[: len(puzzle.numbers)])


def _clues(puzzle: Puzzle) -> list[Clue]:
    return [Clue(*clue) for clue in puzzle.clues]


def _holds_in_floats(clue: Clue, answer: tuple[Fraction, ...]) -> bool:
    left, right = (float(answer[ord(letter) - ord("A")]) for letter in (clue.left, clue.right))
    number = float(clue.number or 1)
    match clue.sign:
        case "+":
            return left + right == number
        case "-":
            return left - right == number
        case ">":
            return left > right
    return left == number * right


TASK = LogicalEquation()
