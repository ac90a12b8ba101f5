"""Find out today's date from what is said about other days, and choose the date that is asked for.

One day is dated in words; others follow it or precede it by days, weeks, months, years, or as the next of a
weekday; the last of them is today. Months and years are only added where the day exists in every month. The
official answers were not worked out again: of an official item the stored option counts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any, Final

from codesteer.symbench.item import Posed
from codesteer.symbench.parsing import parse_option
from codesteer.symbench.solvers.dates import WEEKDAYS, shifted
from codesteer.symbench.task import ComputedTask
from codesteer.symbench.wording.dates import DATES, EVENTS, from_today, later

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
class Knobs:
    """What makes a date hard."""

    links: int
    """How many days lie between the dated one and today, today included."""
    longest: int
    """The most days of one step."""


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The story in structured form, and the options."""

    told: str
    """How the first day is dated."""
    first: str
    """Its date, as year-month-day."""
    events: tuple[str, ...]
    """The days in their order; the last one is today."""
    links: tuple[Step, ...]
    """From each day to the next."""
    asked: Step
    """From today to the day that is asked for."""
    options: tuple[str, ...]
    stored: str = ""
    """Of an official item, whose words are not analysed, the text of the right option."""


class DateUnderstanding(ComputedTask[Knobs, Puzzle, str]):
    """Reckoning with dates."""

    slug = "date_understanding"
    title = "Date understanding"
    seen = True
    form = "an option's letter"
    checked = False
    puzzle_type = Puzzle
    ladder = (
        Knobs(0, 20),
        Knobs(1, 30),
        Knobs(2, 60),
        Knobs(3, 100),
        Knobs(5, 300),
        Knobs(8, 1000),
        Knobs(15, 1000),
    )

    def draw(self, rng: Random, knobs: Knobs) -> Puzzle:
        """Draw a story whose every step is unambiguous, and wrong options that slips would lead to."""
        while True:
            told, first = _dated(rng)
            events = (*rng.sample(EVENTS, knobs.links), "today")
            links = tuple(_step(rng, knobs.longest) for _ in range(knobs.links))
            asked = _step(rng, knobs.longest)
            asked = ("day", rng.choice((-1, 1, 2, 10))) if asked[0] in WEEKDAYS else asked
            try:
                wrong = _slips(first, links, asked)
                right = _american(_last(first, (*links, asked)))
            except ValueError:
                continue
            others = rng.sample([text for text in wrong if text != right], 5)
            options = tuple(rng.sample([right, *others], 6))
            return Puzzle(told, first.isoformat(), events, links, asked, options)

    def compute(self, puzzle: Puzzle) -> str:
        """The letter of the option with the date that the steps lead to."""
        if puzzle.stored:
            return _LETTERS[puzzle.options.index(puzzle.stored)]
        end = _last(date.fromisoformat(puzzle.first), (*puzzle.links, puzzle.asked))
        return _LETTERS[puzzle.options.index(_american(end))]

    def ask(self, puzzle: Puzzle) -> str:
        """Tell the story and list the options."""
        phrase = DATES[puzzle.told](date.fromisoformat(puzzle.first))
        facts = [_fact(puzzle.events[0], str(phrase))]
        for (unit, count), start, event in zip(puzzle.links, puzzle.events, puzzle.events[1:], strict=False):
            facts.append(_fact(event, later(unit, count, start)))
        options = "\n".join(
            f"({letter}) {text}" for letter, text in zip(_LETTERS, puzzle.options, strict=True)
        )
        return (
            f"{' '.join(facts)}\n\n"
            f"Which date is it {from_today(*puzzle.asked)}? The options are written MM/DD/YYYY.\n{options}\n"
            "Answer with the letter of the option in the format <<<letter>>>, for example <<<A>>>."
        )

    def parse(self, text: str, puzzle: Puzzle) -> str:
        """Read an option's letter, or its date."""
        return parse_option(text, puzzle.options)

    def render(self, answer: str) -> str:
        """The letter."""
        return answer

    def read(self, record: Mapping[str, Any]) -> Posed[Puzzle, str]:
        """The options in the words of the question, and the stored letter."""
        options = dict(_OPTION.findall(record["question"]))
        letter = record["answer"]["target"].strip("()")
        texts = tuple(text.strip() for text in options.values())
        return Posed(Puzzle("", "", (), (), ("day", 0), texts, options[letter].strip()), letter)


def _dated(rng: Random) -> tuple[str, date]:
    """A way to tell a date, and a date that fits it."""
    told = rng.choice(tuple(DATES))
    while True:
        day = date(rng.randint(1905, 2095), rng.randint(1, 12), rng.randint(1, 28))
        day = shifted(day, "day", rng.randint(0, 3))
        if DATES[told](day):
            return told, day


def _step(rng: Random, longest: int) -> Step:
    sign = rng.choice((-1, 1))
    unit = rng.choice(("day", "day", "week", "fortnight", "month", "year", "weekday"))
    if unit == "weekday":
        return rng.choice(WEEKDAYS), sign * rng.randint(1, 3)
    most = {"day": longest, "week": longest // 7, "fortnight": longest // 14, "month": 11, "year": 9}[unit]
    return unit, sign * rng.randint(1, max(2, most))


def _last(first: date, steps: tuple[Step, ...]) -> date:
    """The day at the end of the steps.

    Raises:
        ValueError: A month or year is added to a day that not every month has.
    """
    for unit, count in steps:
        if unit in ("month", "year") and first.day > 28:
            raise ValueError("not every month has this day")
        first = shifted(first, unit, count)
    return first


def _slips(first: date, links: tuple[Step, ...], asked: Step) -> list[str]:
    """Dates that one comes to by a slip in one step, or that are off by a little."""
    steps = (*links, asked)
    right = _last(first, steps)
    ends = [
        _last(first, (*steps[:at], *changed, *steps[at + 1 :]))
        for at, (unit, count) in enumerate(steps)
        for changed in ((), ((unit, -count),))
    ]
    day = right.replace(day=min(right.day, 28))
    ends += [shifted(day, unit, count) for unit, count in _SLIPS]
    return sorted({_american(end) for end in ends})


def _american(day: date) -> str:
    return f"{day.month:02}/{day.day:02}/{day.year:04}"


def _fact(event: str, phrase: str) -> str:
    link = "is" if event == "today" or phrase.startswith("exactly") else "is on"
    return f"{event[0].upper()}{event[1:]} {link} {phrase}."


TASK = DateUnderstanding()
