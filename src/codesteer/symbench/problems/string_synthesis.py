"""Combine blocks by six methods while any applies, and count what is left.

Methods: 1 [A]+[B]+[C] give {A}; 2 [A]+[B] give {C}; 3 [B]+[C] give {B}; 4 two [C] give {C}; 5 {A}+{C} give
(A) and (B); 6 two {B} give (C). Each method is applied as often as possible before the next one, and the list
is repeated until nothing changes. The official wording can also be read as one application per pass, which changes
142 of its 200 answers; ours is explicit.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from codesteer.symbench.item import Item, SolvedPuzzle
from codesteer.symbench.parsing import parse_counts
from codesteer.symbench.task import ComputedTask

Counts = tuple[int, ...]

BLOCKS: Final = ("[A]", "[B]", "[C]", "{A}", "{B}", "{C}", "(A)", "(B)", "(C)")
METHODS: Final = (
    ((1, 1, 1, 0, 0, 0), "{A}"),
    ((1, 1, 0, 0, 0, 0), "{C}"),
    ((0, 1, 1, 0, 0, 0), "{B}"),
    ((0, 0, 2, 0, 0, 0), "{C}"),
    ((0, 0, 0, 1, 0, 1), "(A)(B)"),
    ((0, 0, 0, 0, 2, 0), "(C)"),
)
"""What each method takes of the first six blocks, and what it gives."""


@dataclass(frozen=True, slots=True)
class Difficulty:
    """Maximum number of blocks of each kind."""

    max_counts: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The numbers of [A], [B] and [C]."""

    start: tuple[int, int, int]


class StringSynthesis(ComputedTask[Difficulty, Puzzle, Counts]):
    """Combining blocks."""

    slug = "string_synthesis"
    title = "String synthesis"
    seen = True
    answer_format = "nine counts"
    puzzle_type = Puzzle
    difficulties = tuple(
        Difficulty(counts)
        for counts in ((6, 8, 8), (9, 12, 12), (14, 18, 18), (25, 30, 30), (60, 80, 80), (200, 300, 300))
    )

    def random_puzzle(self, rng: Random, difficulty: Difficulty) -> Puzzle:
        """Draw blocks until a method applies."""
        while True:
            one, two, three = (rng.randint(1, most) for most in difficulty.max_counts)
            puzzle = Puzzle((one, two, three))
            if self.compute_answer(puzzle)[:3] != puzzle.start:
                return puzzle

    def compute_answer(self, puzzle: Puzzle) -> Counts:
        """Return the counts when each method is exhausted before the next."""
        return _run(puzzle.start, most=None)

    def format_question(self, puzzle: Puzzle) -> str:
        """List the methods and specify their order."""
        methods = "\n".join(
            f"{number}. {_words(takes)} are combined into "
            f"{' and '.join(f'one {block}' for block in _named(gives))}"
            for number, (takes, gives) in enumerate(METHODS, 1)
        )
        start = ", ".join(f"{count} {block}" for count, block in zip(puzzle.start, BLOCKS, strict=False))
        return (
            f"There are nine kinds of blocks: {', '.join(BLOCKS)}. These methods combine them:\n\n"
            f"{methods}\n\n"
            "Go through the methods in this order and apply each one as many times in a row as it can be "
            "applied before you turn to the next. After method 6 begin again with method 1, and stop when a "
            "whole pass changes nothing.\n\n"
            f"At the start there are {start} and no other blocks. How many of each kind are left?\n"
            f"Give nine numbers in the order {' '.join(BLOCKS)}, separated by spaces, in the format "
            "<<<numbers>>>, for example <<<1 0 0 2 0 0 1 1 0>>>."
        )

    def parse(self, text: str, puzzle: Puzzle) -> Counts:
        """Read one number for each block, in order or named; nine digits may run together."""
        return parse_counts(text, BLOCKS)

    def format_answer(self, answer: Counts) -> str:
        """Write the numbers, space-separated."""
        return " ".join(map(str, answer))

    def official_validator_accepts(self, item: Item[Puzzle, Counts], text: str) -> bool:
        """Compare digit by digit, so that a count above 9 never passes."""
        digits = re.sub(r"[\[\]', ]", "", text.strip())
        return digits.isascii() and digits.isdigit() and tuple(map(int, digits)) == item.answer

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, Counts]:
        """Read the numbers of blocks at the start and the stored counts."""
        stored = record["answer"]
        start = (stored["A_count"], stored["B_count"], stored["C_count"])
        return SolvedPuzzle(Puzzle(start), tuple(stored["final_counts"]))

    def find_defects(self, solved: SolvedPuzzle[Puzzle, Counts]) -> tuple[str, ...]:
        """Flag an item for which one application per pass ends differently."""
        same = _run(solved.puzzle.start, most=1) == self.compute_answer(solved.puzzle)
        return () if same else ("one_at_a_time_reading_gives_other_answer",)


def _run(start: tuple[int, int, int], most: int | None) -> Counts:
    """Apply the methods in turn, each at most ``most`` times per pass, until a pass changes nothing."""
    counts = [*start, 0, 0, 0, 0, 0, 0]
    changed = True
    while changed:
        changed = False
        for takes, gives in METHODS:
            times = min(have // need for have, need in zip(counts, takes, strict=False) if need)
            times = times if most is None else min(times, most)
            changed = changed or times > 0
            for place, need in enumerate(takes):
                counts[place] -= times * need
            for block in _named(gives):
                counts[BLOCKS.index(block)] += times
    return tuple(counts)


def _named(blocks: str) -> list[str]:
    return [blocks[start : start + 3] for start in range(0, len(blocks), 3)]


def _words(takes: Counts) -> str:
    parts = [
        f"{('one', 'two')[need - 1]} {block}" for need, block in zip(takes, BLOCKS, strict=False) if need
    ]
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]


TASK = StringSynthesis()
