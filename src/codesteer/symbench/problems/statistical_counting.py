"""Score a string of letters: a run of two or more of the k-th letter gives k points, whatever its length."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from random import Random
from string import ascii_uppercase
from typing import Any

from codesteer.symbench.item import SolvedPuzzle
from codesteer.symbench.parsing import parse_integer
from codesteer.symbench.task import ComputedTask


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    length: int
    letters: int


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The string and the number of scoring letters."""

    string: str
    letters: int


class StatisticalCounting(ComputedTask[Difficulty, Puzzle, int]):
    """Points for runs of letters."""

    slug = "statistical_counting"
    title = "Statistical counting"
    seen = True
    answer_format = "an integer"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty(10, 3),
        Difficulty(15, 4),
        Difficulty(25, 6),
        Difficulty(45, 3),
        Difficulty(65, 7),
        Difficulty(200, 8),
        Difficulty(800, 12),
    )

    def random_puzzle(self, rng: Random, difficulty: Difficulty) -> Puzzle:
        """Draw strings until one scores."""
        while True:
            string = "".join(rng.choices(ascii_uppercase[: difficulty.letters], k=difficulty.length))
            puzzle = Puzzle(string, difficulty.letters)
            if self.compute_answer(puzzle):
                return puzzle

    def compute_answer(self, puzzle: Puzzle) -> int:
        """Return the points of all runs."""
        runs = ((letter, len(list(run))) for letter, run in groupby(puzzle.string))
        return sum(1 + ascii_uppercase.index(letter) for letter, length in runs if length >= 2)

    def format_question(self, puzzle: Puzzle) -> str:
        """Explain the points and print the string."""
        points = "\n".join(
            f"- each run of {letter}: {value} point{'s' * (value > 1)}"
            for value, letter in enumerate(ascii_uppercase[: puzzle.letters], 1)
        )
        return (
            "A run is a longest possible stretch of equal neighbouring letters. Every run of two or more "
            "letters gives points once, no matter how long it is; a letter that stands alone gives none.\n"
            f"{points}\n\n"
            f"The string is {puzzle.string}.\n"
            "What is the total of the points? Answer in the format <<<number>>>, for example <<<5>>>."
        )

    def parse(self, text: str, puzzle: Puzzle) -> int:
        """Read one number."""
        return parse_integer(text)

    def format_answer(self, answer: int) -> str:
        """Return the number."""
        return str(answer)

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, int]:
        """Read the string, its scoring letters and the stored score."""
        stored = record["answer"]
        return SolvedPuzzle(Puzzle(stored["sequence"], len(stored["rules"])), stored["solution"])


TASK = StatisticalCounting()
