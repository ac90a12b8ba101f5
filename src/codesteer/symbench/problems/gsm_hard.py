"""Solve a word problem whose numbers are large.

The official problems are those of GSM8K with one number replaced by a large one, so that some end in negative
or fractional quantities of things; their answer counts as right within one part in a thousand. Ours come from
stories with an executable solution, end in a whole number of things, and must be answered exactly.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any, Final

from codesteer.symbench.item import Item, Posed
from codesteer.symbench.parsing import EXACT, evaluate, parse_rational
from codesteer.symbench.task import ComputedTask
from codesteer.symbench.wording.ledger import THINGS, entry
from codesteer.symbench.wording.names import NAMES
from codesteer.symbench.wording.stories import STORIES, Story

TOLERANCE: Final = Fraction(1, 1000)
_TRIES: Final = 300
"""How often a story gets other numbers before another story is taken."""
_TAIL: Final = "\n\nOutput final answer"


@dataclass(frozen=True, slots=True)
class Knobs:
    """What makes a problem hard."""

    digits: int
    """How many digits a large number has."""
    changes: int
    """How often a stock changes in a story of that kind."""


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The story with its question, its solution as arithmetic, and whether a rounded answer is wrong."""

    story: str
    solution: str
    exact: bool


class GsmHard(ComputedTask[Knobs, Puzzle, str]):
    """Word problems with large numbers."""

    slug = "gsm_hard"
    title = "GSM-Hard"
    seen = True
    form = "a number"
    checked = False
    puzzle_type = Puzzle
    ladder = (Knobs(2, 2), Knobs(3, 3), Knobs(5, 4), Knobs(7, 5), Knobs(9, 7), Knobs(12, 10), Knobs(16, 20))

    def draw(self, rng: Random, knobs: Knobs) -> Puzzle:
        """Fill a story with numbers, or let a stock change several times."""
        if rng.random() < 0.4:
            return _ledger(rng, knobs)
        while True:
            story = rng.choice(STORIES)
            puzzles = (_filled(rng, story, knobs) for _ in range(_TRIES))
            puzzle = next(filter(None, puzzles), None)
            if puzzle:
                return puzzle

    def compute(self, puzzle: Puzzle) -> str:
        """The value of the solution, as a fraction in lowest terms."""
        return str(evaluate(puzzle.solution, EXACT).value)

    def ask(self, puzzle: Puzzle) -> str:
        """Tell the story and settle that the answer is exact."""
        return (
            f"{puzzle.story}\n\n"
            "Give the exact number without a unit in the format <<<number>>>, for example <<<1234>>>."
        )

    def parse(self, text: str, puzzle: Puzzle) -> str:
        """Read one number; thousands separators, units and currency signs are allowed."""
        return str(parse_rational(text))

    def fault(self, puzzle: Puzzle, answer: str) -> str | None:
        """Compare exactly, or within the tolerance where the story is an official one."""
        expected, given = Fraction(self.compute(puzzle)), Fraction(answer)
        tolerance = 0 if puzzle.exact else TOLERANCE * abs(expected)
        return None if abs(given - expected) <= tolerance else f"expected {self.render(str(expected))}"

    def render(self, answer: str) -> str:
        """A decimal number where it ends, a fraction otherwise."""
        value = Fraction(answer)
        places = next((n for n in range(20) if 10**n % value.denominator == 0), None)
        if places is None:
            return answer
        digits = f"{abs(value.numerator) * 10**places // value.denominator:0{places + 1}}"
        decimals = f".{digits[-places:]}" if places else ""
        return f"{'-' * (value < 0)}{digits[: len(digits) - places]}{decimals}"

    def published(self, item: Item[Puzzle, str], text: str) -> bool:
        """The number equals the stored one within one part in a thousand."""
        given, stored = Fraction(self.parse(text, item.data)), Fraction(item.answer)
        return abs(given - stored) <= TOLERANCE * abs(stored)

    def read(self, record: Mapping[str, Any]) -> Posed[Puzzle, str]:
        """The story and the stored number, which is also all that is known of the solution."""
        target = Fraction(str(record["answer"]["target"]))
        magnitude = f"{abs(target.numerator)} / {target.denominator}"
        solution = magnitude if target >= 0 else f"0 - {magnitude}"
        return Posed(Puzzle(record["question"].split(_TAIL)[0], solution, exact=False), str(target))


def _filled(rng: Random, story: Story, knobs: Knobs) -> Puzzle | None:
    """The story with random numbers; None where they do not make sense in it."""
    large = (10 ** (knobs.digits - 1), 10**knobs.digits - 1)
    ranges = {"few": (2, 9), "some": (10, 60), "many": large, "percent": (1, 15)}
    numbers = {
        letter: rng.randint(*ranges[size]) * (5 if size == "percent" else 1)
        for letter, size in zip("abcde", story.sizes, strict=False)
    }
    positive = [_value(part, numbers) > 0 for part in story.positive.split(",")]
    solution = _inserted(story.solution, numbers)
    value = evaluate(solution, EXACT).value
    if not all(positive) or value <= 0 or value.denominator > 1:
        return None
    name, other = rng.sample(NAMES, 2)
    return Puzzle(story.text.format(name=name, other=other, **numbers), solution, exact=True)


def _inserted(formula: str, numbers: Mapping[str, int]) -> str:
    return re.sub(r"[a-e]", lambda match: str(numbers[match[0]]), formula)


def _value(formula: str, numbers: Mapping[str, int]) -> Fraction:
    return Fraction(evaluate(_inserted(formula, numbers), EXACT).value)


def _ledger(rng: Random, knobs: Knobs) -> Puzzle:
    """A stock that changes several times, and a question about what is left."""
    (name, *others), things = rng.sample(NAMES, knobs.changes + 2), rng.choice(THINGS)
    stock = rng.randrange(10 ** (knobs.digits - 1), 10**knobs.digits)
    sentences, solution = [f"{name} starts with a stock of {stock} {things}."], str(stock)
    for other in others[1:]:
        words, stock, change = entry(rng, stock, name, other)
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
