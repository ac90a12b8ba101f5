"""Score a string of letters: a run of two or more of the k-th letter gives k points, whatever its length."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from random import Random
from string import ascii_uppercase
from typing import Any

from codesteer.symbench.item import Posed
from codesteer.symbench.parsing import parse_integer
from codesteer.symbench.task import ComputedTask


@dataclass(frozen=True, slots=True)
class Knobs:
    """What makes a count hard."""

    length: int
    letters: int


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The string and how many letters score."""

    string: str
    letters: int


class StatisticalCounting(ComputedTask[Knobs, Puzzle, int]):
    """Points for runs of letters."""

    slug = "statistical_counting"
    title = "Statistical counting"
    seen = True
    form = "an integer"
    puzzle_type = Puzzle
    ladder = (
        Knobs(10, 3),
        Knobs(15, 4),
        Knobs(25, 6),
        Knobs(45, 3),
        Knobs(65, 7),
        Knobs(200, 8),
        Knobs(800, 12),
    )

    def draw(self, rng: Random, knobs: Knobs) -> Puzzle:
        """Draw strings until one scores."""
        while True:
            string = "".join(rng.choices(ascii_uppercase[: knobs.letters], k=knobs.length))
            puzzle = Puzzle(string, knobs.letters)
            if self.compute(puzzle):
                return puzzle

    def compute(self, puzzle: Puzzle) -> int:
        """The points of all runs."""
        runs = ((letter, len(list(run))) for letter, run in groupby(puzzle.string))
        return sum(1 + ascii_uppercase.index(letter) for letter, length in runs if length >= 2)

    def ask(self, puzzle: Puzzle) -> str:
        """State the points and the string."""
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

    def render(self, answer: int) -> str:
        """The number."""
        return str(answer)

    def read(self, record: Mapping[str, Any]) -> Posed[Puzzle, int]:
        """The string, its scoring letters and the stored score."""
        stored = record["answer"]
        return Posed(Puzzle(stored["sequence"], len(stored["rules"])), stored["solution"])


TASK = StatisticalCounting()
