"""Deduce today's date from facts about other days, and choose the date that is asked for.

One day is dated in words; each further day is a number of days, weeks, months, years or weekdays before or after
the previous one; the last one is today. Months and years are only added if the day exists in every month. Official
answers are not recomputed: for an official item the stored option counts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any, Final

from codesteer.symbench.item import SolvedPuzzle
from codesteer.symbench.parsing import parse_option
from codesteer.symbench.solvers.dates import WEEKDAYS, shift_date
from codesteer.symbench.task import ComputedTask
from codesteer.symbench.wording.dates import DATES, EVENTS, describe_from_today, describe_offset

Step = tuple[str, int]
"""A unit and a signed count."""

_LETTERS: Final = "ABCDEF"
_OPTION: Final = re.compile(r"^\(([A-F])\) (.+)$", re.MULTILINE)
_SLIPS: Final = (
    *((unit, sign) for unit in ("day", "week", "month", "year") for sign in (-1, 1)),
    *(("day", count) for count in (-8, -6, -2, 2, 6, 8)),
    ("year", 10),
    ("year", -10),
)


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    links: int
    """Number of days after the dated one, today included."""
    max_days: int
    """Maximum days of one step."""


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The story in structured form, and the options."""

    told: str
    """The phrase for the first day's date."""
    first: str
    """The first day's date, as year-month-day."""
    events: tuple[str, ...]
    """The days in order; the last one is today."""
    links: tuple[Step, ...]
    """The steps from each day to the next."""
    asked: Step
    """The step from today to the day that is asked for."""
    options: tuple[str, ...]
    stored: str = ""
    """Text of the right option of an official item, whose story is not parsed."""


class DateUnderstanding(ComputedTask[Difficulty, Puzzle, str]):
    """Date arithmetic."""

    slug = "date_understanding"
    title = "Date understanding"
    seen = True
    answer_format = "an option's letter"
    verifies_official = False
    puzzle_type = Puzzle
    difficulties = (
        Difficulty(0, 20),
        Difficulty(1, 30),
        Difficulty(2, 60),
        Difficulty(3, 100),
        Difficulty(5, 300),
        Difficulty(8, 1000),
        Difficulty(15, 1000),
    )

    def random_puzzle(self, rng: Random, difficulty: Difficulty) -> Puzzle:
        """Draw a story whose every step is unambiguous, with wrong options that typical slips lead to."""
        while True:
            told, first = _dated(rng)
            events = (*rng.sample(EVENTS, difficulty.links), "today")
            links = tuple(_step(rng, difficulty.max_days) for _ in range(difficulty.links))
            asked = _step(rng, difficulty.max_days)
            asked = ("day", rng.choice((-1, 1, 2, 10))) if asked[0] in WEEKDAYS else asked
            try:
                wrong = _slips(first, links, asked)
                right = _american(_last(first, (*links, asked)))
            except ValueError:
                continue
            others = rng.sample([text for text in wrong if text != right], 5)
            options = tuple(rng.sample([right, *others], 6))
            return Puzzle(told, first.isoformat(), events, links, asked, options)

    def compute_answer(self, puzzle: Puzzle) -> str:
        """Return the letter of the option with the date that the steps lead to."""
        if puzzle.stored:
            return _LETTERS[puzzle.options.index(puzzle.stored)]
        end = _last(date.fromisoformat(puzzle.first), (*puzzle.links, puzzle.asked))
        return _LETTERS[puzzle.options.index(_american(end))]

    def format_question(self, puzzle: Puzzle) -> str:
        """Tell the story and list the options."""
        phrase = DATES[puzzle.told](date.fromisoformat(puzzle.first))
        facts = [_fact(puzzle.events[0], str(phrase))]
        for (unit, count), start, event in zip(puzzle.links, puzzle.events, puzzle.events[1:], strict=False):
            facts.append(_fact(event, describe_offset(unit, count, start)))
        options = "\n".join(
            f"({letter}) {text}" for letter, text in zip(_LETTERS, puzzle.options, strict=True)
        )
        return (
            f"{' '.join(facts)}\n\n"
            f"Which date is it {describe_from_today(*puzzle.asked)}? The options are written MM/DD/YYYY.\n{options}\n"
            "Answer with the letter of the option in the format <<<letter>>>, for example <<<A>>>."
        )

    def parse(self, text: str, puzzle: Puzzle) -> str:
        """Read an option's letter or its date."""
        return parse_option(text, puzzle.options)

    def format_answer(self, answer: str) -> str:
        """Return the letter."""
        return answer

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, str]:
        """Read the options from the question's text, and the stored letter."""
        options = dict(_OPTION.findall(record["question"]))
        letter = record["answer"]["target"].strip("()")
        texts = tuple(text.strip() for text in options.values())
        return SolvedPuzzle(Puzzle("", "", (), (), ("day", 0), texts, options[letter].strip()), letter)


def _dated(rng: Random) -> tuple[str, date]:
    """Draw a way to express a date, and a date that fits it."""
    told = rng.choice(tuple(DATES))
    while True:
        day = date(rng.randint(1905, 2095), rng.randint(1, 12), rng.randint(1, 28))
        day = shift_date(day, "day", rng.randint(0, 3))
        if DATES[told](day):
            return told, day


def _step(rng: Random, max_days: int) -> Step:
    sign = rng.choice((-1, 1))
    unit = rng.choice(("day", "day", "week", "fortnight", "month", "year", "weekday"))
    if unit == "weekday":
        return rng.choice(WEEKDAYS), sign * rng.randint(1, 3)
    most = {"day": max_days, "week": max_days // 7, "fortnight": max_days // 14, "month": 11, "year": 9}[unit]
    return unit, sign * rng.randint(1, max(2, most))


def _last(first: date, steps: tuple[Step, ...]) -> date:
    """Return the day at the end of the steps.

    Raises:
        ValueError: A month or year is added to a day that not every month has.
    """
    for unit, count in steps:
        if unit in ("month", "year") and first.day > 28:
            raise ValueError("not every month has this day")
        first = shift_date(first, unit, count)
    return first


def _slips(first: date, links: tuple[Step, ...], asked: Step) -> list[str]:
    """Return the dates that a slip in one step leads to, and dates that are slightly off."""
    steps = (*links, asked)
    right = _last(first, steps)
    ends = [
        _last(first, (*steps[:at], *changed, *steps[at + 1 :]))
        for at, (unit, count) in enumerate(steps)
        for changed in ((), ((unit, -count),))
    ]
    day = right.replace(day=min(right.day, 28))
    ends += [shift_date(day, unit, count) for unit, count in _SLIPS]
    return sorted({_american(end) for end in ends})


def _american(day: date) -> str:
    return f"{day.month:02}/{day.day:02}/{day.year:04}"


def _fact(event: str, phrase: str) -> str:
    link = "is" if event == "today" or phrase.startswith("exactly") else "is on"
    return f"{event[0].upper()}{event[1:]} {link} {phrase}."


TASK = DateUnderstanding()
