"""Deduce from clues about things in a line which one is at a given place.

Clues name a place counted from either end, or say which of two things comes first. The official lines have seven
things and five settings; ours have three to twenty things, and every clue is needed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from codesteer.symbench.item import SolvedPuzzle
from codesteer.symbench.parsing import parse_option
from codesteer.symbench.solvers.linear_orders import Fact, consistent_orders
from codesteer.symbench.task import ComputedTask
from codesteer.symbench.wording.lines import LINES, ordinal

Clue = tuple[str, int, int]
"""``front`` or ``back`` with a thing and its place counted from 1, ``before`` or ``after`` with two."""

_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PLACED: Final = 0.2
_STATEMENT: Final = re.compile(r"(.{1,200}?) (?:is|are|finished) (.{1,200}?)\.?\s*+$")
_OPTION: Final = re.compile(r"\([a-g]\) (.{1,200}?) (?:is|are|finished) (.+)")
_BEFORE: Final = ("to the left of", "older than", "less expensive than", "above")
_AFTER: Final = ("to the right of", "newer than", "more expensive than", "below")
_BACK: Final = ("right", "newest", "most expensive", "last")


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    things: int


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The setting, the things in the order of the options, the clues, and the place asked about."""

    setting: str
    things: tuple[str, ...]
    clues: tuple[Clue, ...]
    asked: tuple[str, int]
    """``front`` or ``back``, and the place counted from there, from 1."""


class LogicalDeduction(ComputedTask[Difficulty, Puzzle, str]):
    """Deducing an order."""

    slug = "logical_deduction"
    title = "Logical deduction"
    seen = True
    answer_format = "an option's letter"
    puzzle_type = Puzzle
    difficulties = tuple(Difficulty(things) for things in (3, 5, 7, 9, 12, 16, 20))

    def random_puzzle(self, rng: Random, difficulty: Difficulty) -> Puzzle:
        """Draw an order and true clues until only that order agrees with them; then drop redundant clues."""
        setting = rng.choice(tuple(LINES))
        things = tuple(rng.sample(LINES[setting].things, difficulty.things))
        order = tuple(rng.sample(range(difficulty.things), difficulty.things))
        clues: list[Clue] = []
        while other := _other(order, clues):
            clue = _true_clue(rng, order)
            while _holds(clue, other):
                clue = _true_clue(rng, order)
            clues.append(clue)
        for clue in list(clues):
            rest = [kept for kept in clues if kept != clue]
            clues = clues if _other(order, rest) else rest
        told = {_fact(clue, difficulty.things)[2] for clue in clues if clue[0] in ("front", "back")}
        free = [place for place in range(difficulty.things) if place not in told]
        place = rng.choice(free or range(difficulty.things))
        asked = ("front", place + 1) if rng.random() < 0.5 else ("back", difficulty.things - place)
        return Puzzle(setting, things, tuple(clues), asked)

    def compute_answer(self, puzzle: Puzzle) -> str:
        """Return the letter of the only thing that fits the place."""
        count = len(puzzle.things)
        place = _fact((puzzle.asked[0], 0, puzzle.asked[1]), count)[2]
        found = {
            order[place] for order in consistent_orders(count, [_fact(clue, count) for clue in puzzle.clues])
        }
        if len(found) != 1:
            raise ValueError("the clues do not settle the place")
        return _LETTERS[found.pop()]

    def format_question(self, puzzle: Puzzle) -> str:
        """List the things, the clues and the options."""
        line, things = LINES[puzzle.setting], puzzle.things
        clues = " ".join(_words(puzzle, clue) for clue in puzzle.clues)
        options = "\n".join(f"({letter}) {thing}" for letter, thing in zip(_LETTERS, things, strict=False))
        asked = line.place(puzzle.asked[1], puzzle.asked[0] == "back")
        return (
            f"{line.scene}: {', '.join(sorted(things))}.\n\n"
            f"{clues}\n\n"
            f"Which of these {asked}?\n{options}\n"
            "Answer with the letter of the option in the format <<<letter>>>, for example <<<A>>>."
        )

    def parse(self, text: str, puzzle: Puzzle) -> str:
        """Read an option's letter or the name of a thing."""
        return parse_option(text, puzzle.things)

    def format_answer(self, answer: str) -> str:
        """Return the letter."""
        return answer

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, str]:
        """Read the clues from the question's text, and the stored letter."""
        text = record["question"].lower()
        options = _OPTION.findall(text)
        things = tuple(thing for thing, _ in options)
        sentences = text.split("options:")[0].split(": ")[1].split(". ")[1:]
        clues = tuple(_read_clue(sentence, things) for sentence in sentences)
        return SolvedPuzzle(
            Puzzle("", things, clues, _read_place(options[0][1])), record["answer"]["target"].strip("()")
        )


def _fact(clue: Clue, count: int) -> Fact:
    """Convert a clue for the solver."""
    kind, one, other = clue
    if kind in ("front", "back"):
        return "at", one, other - 1 if kind == "front" else count - other
    return ("before", one, other) if kind == "before" else ("before", other, one)


def _other(order: tuple[int, ...], clues: list[Clue]) -> tuple[int, ...] | None:
    """Return another order that agrees with the clues; None if there is none."""
    agreeing = consistent_orders(len(order), [_fact(clue, len(order)) for clue in clues])
    return next((other for other in agreeing if other != order), None)


def _holds(clue: Clue, order: tuple[int, ...]) -> bool:
    kind, one, other = _fact(clue, len(order))
    return order[other] == one if kind == "at" else order.index(one) < order.index(other)


def _true_clue(rng: Random, order: tuple[int, ...]) -> Clue:
    place = rng.randrange(len(order))
    if rng.random() < _PLACED:
        front = rng.random() < 0.5
        return ("front", order[place], place + 1) if front else ("back", order[place], len(order) - place)
    early, late = sorted(rng.sample(range(len(order)), 2))
    if rng.random() < 0.5:
        return "before", order[early], order[late]
    return "after", order[late], order[early]


def _words(puzzle: Puzzle, clue: Clue) -> str:
    line, things = LINES[puzzle.setting], puzzle.things
    kind, one, other = clue
    if kind in ("front", "back"):
        phrase = line.place(other, kind == "back")
    else:
        phrase = (line.before if kind == "before" else line.after).format(things[other])
    return f"{things[one][0].upper()}{things[one][1:]} {phrase}."


def _read_clue(sentence: str, things: tuple[str, ...]) -> Clue:
    """Parse a clue in the official wording."""
    match = _STATEMENT.match(sentence)
    if not match:
        raise ValueError(f"no clue: {sentence!r}")
    one, phrase = things.index(match[1]), match[2]
    for kind, relations in (("before", _BEFORE), ("after", _AFTER)):
        for relation in relations:
            if phrase.startswith(relation):
                other = phrase.removeprefix(relation).strip()
                return kind, one, things.index(other)
    side, place = _read_place(phrase)
    return side, one, place


def _read_place(phrase: str) -> tuple[str, int]:
    """Parse a place in the official wording: the end it is counted from, and its number."""
    counts = [number for word in re.findall(r"[a-z]+", phrase) if (number := ordinal(word))]
    side = "back" if any(word in phrase for word in _BACK) else "front"
    return side, counts[0] if counts else 1


TASK = LogicalDeduction()
