"""Solve a word problem with large numbers.

The official problems are those of GSM8K with one number replaced by a large one, so that some results are negative
or fractional quantities; an answer is right within one part in a thousand. Ours come from stories with an executable
solution, have whole results, and must be answered exactly.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any, Final

from codesteer.symbench.item import Item, SolvedPuzzle
from codesteer.symbench.parsing import EXACT, evaluate, parse_rational
from codesteer.symbench.task import ComputedTask
from codesteer.symbench.wording.ledger import THINGS, random_entry
from codesteer.symbench.wording.names import NAMES
from codesteer.symbench.wording.stories import STORIES, Story

TOLERANCE: Final = Fraction(1, 1000)
_MAX_ATTEMPTS: Final = 300
"""Number of attempts to fill a story before another one is drawn."""
_TAIL: Final = "\n\nOutput final answer"


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    digits: int
    """Number of digits of a large number."""
    changes: int
    """Number of changes in a story about a stock."""


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The story with its question, its solution as arithmetic, and whether a rounded answer is wrong."""

    story: str
    solution: str
    exact: bool


class GsmHard(ComputedTask[Difficulty, Puzzle, str]):
    """Word problems with large numbers."""

    slug = "gsm_hard"
    title = "GSM-Hard"
    seen = True
    answer_format = "a number"
    verifies_official = False
    puzzle_type = Puzzle
    difficulties = (
        Difficulty(2, 2),
        Difficulty(3, 3),
        Difficulty(5, 4),
        Difficulty(7, 5),
        Difficulty(9, 7),
        Difficulty(12, 10),
        Difficulty(16, 20),
    )

    def random_puzzle(self, rng: Random, difficulty: Difficulty) -> Puzzle:
        """Fill a story with numbers, or let a stock change several times."""
        if rng.random() < 0.4:
            return _ledger(rng, difficulty)
        while True:
            story = rng.choice(STORIES)
            puzzles = (_fill_story(rng, story, difficulty) for _ in range(_MAX_ATTEMPTS))
            puzzle = next(filter(None, puzzles), None)
            if puzzle:
                return puzzle

    def compute_answer(self, puzzle: Puzzle) -> str:
        """Return the value of the solution as a fraction in lowest terms."""
        return str(evaluate(puzzle.solution, EXACT).value)

    def format_question(self, puzzle: Puzzle) -> str:
        """Tell the story and ask for the exact number."""
        return (
            f"{puzzle.story}\n\n"
            "Give the exact number without a unit in the format <<<number>>>, for example <<<1234>>>."
        )

    def parse(self, text: str, puzzle: Puzzle) -> str:
        """Read one number; thousands separators, units and currency signs are allowed."""
        return str(parse_rational(text))

    def find_violation(self, puzzle: Puzzle, answer: str) -> str | None:
        """Compare exactly, or within the tolerance if the story is an official one."""
        expected, given = Fraction(self.compute_answer(puzzle)), Fraction(answer)
        tolerance = 0 if puzzle.exact else TOLERANCE * abs(expected)
        return None if abs(given - expected) <= tolerance else f"expected {self.format_answer(str(expected))}"

    def format_answer(self, answer: str) -> str:
        """Write a terminating decimal, or else a fraction."""
        value = Fraction(answer)
        places = next((n for n in range(20) if 10**n % value.denominator == 0), None)
        if places is None:
            return answer
        digits = f"{abs(value.numerator) * 10**places // value.denominator:0{places + 1}}"
        decimals = f".{digits[-places:]}" if places else ""
        return f"{'-' * (value < 0)}{digits[: len(digits) - places]}{decimals}"

    def official_validator_accepts(self, item: Item[Puzzle, str], text: str) -> bool:
        """Compare with the stored number, within one part in a thousand."""
        given, stored = Fraction(self.parse(text, item.data)), Fraction(item.answer)
        return abs(given - stored) <= TOLERANCE * abs(stored)

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, str]:
        """Read the story and the stored number, which is all that is known of the solution."""
        target = Fraction(str(record["answer"]["target"]))
        magnitude = f"{abs(target.numerator)} / {target.denominator}"
        solution = magnitude if target >= 0 else f"0 - {magnitude}"
        return SolvedPuzzle(Puzzle(record["question"].split(_TAIL)[0], solution, exact=False), str(target))


def _fill_story(rng: Random, story: Story, difficulty: Difficulty) -> Puzzle | None:
    """Fill the story with random numbers; return None if they make no sense in it."""
    large = (10 ** (difficulty.digits - 1), 10**difficulty.digits - 1)
    ranges = {"few": (2, 9), "some": (10, 60), "many": large, "percent": (1, 15)}
    numbers = {
        letter: rng.randint(*ranges[size]) * (5 if size == "percent" else 1)
        for letter, size in zip("abcde", story.sizes, strict=False)
    }
    positive = [_value(part, numbers) > 0 for part in (*story.positive.split(","), story.solution)]
    whole = [_value(part, numbers).denominator == 1 for part in (*story.whole.split(","), story.solution)]
    if not all(positive) or not all(whole):
        return None
    name, other = rng.sample(NAMES, 2)
    text = story.text.format(name=name, other=other, **numbers)
    return Puzzle(text, _inserted(story.solution, numbers), exact=True)


def _inserted(formula: str, numbers: Mapping[str, int]) -> str:
    return re.sub(r"[a-e]", lambda match: str(numbers[match[0]]), formula)


def _value(formula: str, numbers: Mapping[str, int]) -> Fraction:
    return Fraction(evaluate(_inserted(formula, numbers), EXACT).value)


def _ledger(rng: Random, difficulty: Difficulty) -> Puzzle:
    """Draw a stock that changes several times, and a question about what is left."""
    (name, *others), things = rng.sample(NAMES, difficulty.changes + 2), rng.choice(THINGS)
    stock = rng.randrange(10 ** (difficulty.digits - 1), 10**difficulty.digits)
    sentences, solution = [f"{name} starts with a stock of {stock} {things}."], str(stock)
    for other in others[1:]:
        words, stock, change = random_entry(rng, stock, name, other)
        sentences.append(words)
        solution = change.format(solution)
    price, sharers = rng.randint(2, 99), rng.choice([n for n in range(1, 10) if stock % n == 0])
    endings = [(f"How many {things} does {name} have now?", solution)]
    endings += [
        (
            f"{name} sells all that are left for {price} cents each. How many cents is that?",
            f"{solution} * {price}",
        )
    ]
    if sharers > 1:
        shared = f"{name} and {others[0]} share" if sharers == 2 else f"{sharers} people share"
        endings += [
            (f"{shared} all that are left equally. How many does each get?", f"{solution} / {sharers}")
        ]
    question, solution = rng.choice(endings)
    return Puzzle(" ".join([*sentences, question]), solution, exact=True)


TASK = GsmHard()
