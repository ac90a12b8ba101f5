"""Dismantle and combine machines by five methods, each at most once per pass, and count what is left.

Methods: A gives 2 X and Y; 2 B give X; 2 C give Y; B and C give A; X and Y give Z. The official questions
use this order and can also be read as repeating a method while it applies, which changes 111 of the 200 answers;
ours say "once" and list the methods in any order.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from codesteer.symbench.item import Item, SolvedPuzzle
from codesteer.symbench.parsing import parse_counts
from codesteer.symbench.solvers.exchange import Counts, Method, run_exhaustively, run_once_per_pass
from codesteer.symbench.task import ComputedTask

GOODS: Final = ("A", "B", "C", "X", "Y", "Z")
METHODS: Final = (
    Method((1, 0, 0, 0, 0, 0), (0, 0, 0, 2, 1, 0)),
    Method((0, 2, 0, 0, 0, 0), (0, 0, 0, 1, 0, 0)),
    Method((0, 0, 2, 0, 0, 0), (0, 0, 0, 0, 1, 0)),
    Method((0, 1, 1, 0, 0, 0), (1, 0, 0, 0, 0, 0)),
    Method((0, 0, 0, 1, 1, 0), (0, 0, 0, 0, 0, 1)),
)
WORDS: Final = (
    "Take one machine A apart; that gives two parts X and one part Y.",
    "Take two machines B apart; that gives one part X.",
    "Take two machines C apart; that gives one part Y.",
    "Build one machine A out of one machine B and one machine C.",
    "Join one part X and one part Y to one part Z.",
)

_OFFICIAL_START: Final = re.compile(r"(\d{1,9}) units of Machine [ABC]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Difficulty:
    """Range of the number of machines of each kind."""

    min_count: int
    max_count: int


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The numbers of machines A, B, C at the start, and the order in which the methods are listed."""

    start: tuple[int, int, int]
    order: tuple[int, ...] = (0, 1, 2, 3, 4)


class StringSplitting(ComputedTask[Difficulty, Puzzle, Counts]):
    """Taking machines apart."""

    slug = "string_splitting"
    title = "String splitting"
    seen = False
    answer_format = "six counts"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty(1, 3),
        Difficulty(2, 4),
        Difficulty(3, 6),
        Difficulty(4, 7),
        Difficulty(5, 10),
        Difficulty(10, 30),
        Difficulty(30, 99),
    )

    def random_puzzle(self, rng: Random, difficulty: Difficulty) -> Puzzle:
        """Draw the machines and an order of the methods; one machine of each kind suffices for a step."""
        one, two, three = (rng.randint(difficulty.min_count, difficulty.max_count) for _ in range(3))
        return Puzzle((one, two, three), tuple(rng.sample(range(5), 5)))

    def compute_answer(self, puzzle: Puzzle) -> Counts:
        """Return the counts when every pass applies each method at most once."""
        return run_once_per_pass(_all(puzzle), _methods(puzzle))

    def format_question(self, puzzle: Puzzle) -> str:
        """List the methods and specify how often each is applied."""
        methods = "\n".join(f"{number}. {WORDS[place]}" for number, place in enumerate(puzzle.order, 1))
        one, two, three = puzzle.start
        return (
            f"A workshop has {one} of machine A, {two} of machine B, {three} of machine C and no parts. It "
            "works with these methods:\n\n"
            f"{methods}\n\n"
            "The methods are tried in this order. Whenever a method's turn comes and there is enough for it, "
            "it is applied exactly once; otherwise it is passed over; in both cases the next method follows. "
            "After method 5 the turn goes back to method 1. The work ends when no method can be applied any "
            "more.\n"
            "How many machines A, B, C and parts X, Y, Z are there at the end? Give the six numbers in the "
            "order A, B, C, X, Y, Z in the format <<<[A, B, C, X, Y, Z]>>>, for example <<<[1, 0, 0, 2, 0, "
            "11]>>>."
        )

    def parse(self, text: str, puzzle: Puzzle) -> Counts:
        """Read six numbers; six digits may run together."""
        return parse_counts(text, GOODS)

    def format_answer(self, answer: Counts) -> str:
        """Write a list."""
        return str(list(answer))

    def official_validator_accepts(self, item: Item[Puzzle, Counts], text: str) -> bool:
        """Compare the concatenated digits, which cannot tell 1, 12 from 11, 2."""
        given = self.parse(text, item.data)
        return "".join(map(str, given)) == "".join(map(str, item.answer))

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, Counts]:
        """Read the machines from the question's text, and the stored counts."""
        one, two, three = map(int, _OFFICIAL_START.findall(record["question"]))
        return SolvedPuzzle(Puzzle((one, two, three)), tuple(map(int, record["answer"]["expected_answer"])))

    def find_defects(self, solved: SolvedPuzzle[Puzzle, Counts]) -> tuple[str, ...]:
        """Flag an item for which repeating each method while it applies ends differently."""
        same = run_exhaustively(_all(solved.puzzle), _methods(solved.puzzle)) == self.compute_answer(
            solved.puzzle
        )
        return () if same else ("exhaustive_reading_gives_other_answer",)


def _all(puzzle: Puzzle) -> Counts:
    return (*puzzle.start, 0, 0, 0)


def _methods(puzzle: Puzzle) -> list[Method]:
    return [METHODS[place] for place in puzzle.order]


TASK = StringSplitting()
