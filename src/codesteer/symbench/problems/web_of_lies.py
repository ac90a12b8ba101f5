"""Follow a chain of people who say of each other that they lie or tell the truth.

Everybody either always lies or always tells the truth. About the first person this is said plainly; every
other one speaks about the one before. The official chains have five people in order; ours have up to sixty,
and from level 2 on the statements are shuffled.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from codesteer.symbench.item import Posed
from codesteer.symbench.parsing import parse_choice
from codesteer.symbench.task import ComputedTask
from codesteer.symbench.wording.names import NAMES

_OFFICIAL: Final = re.compile(r"(?:(\w{1,40}) says )?(\w{1,40}) (tells the truth|lies)\.")


@dataclass(frozen=True, slots=True)
class Knobs:
    """What makes a chain hard."""

    people: int
    shuffled: bool


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The people along the chain, and what is said of each: that they tell the truth, or not.

    The last person is only asked about.
    """

    people: tuple[str, ...]
    truthful: tuple[bool, ...]
    """What is said of people 1, 2, …: of the first one as a fact, of the others by the next in the chain."""
    order: tuple[int, ...]
    """The order in which the statements are listed."""


class WebOfLies(ComputedTask[Knobs, Puzzle, str]):
    """Telling liars from truth-tellers."""

    slug = "web_of_lies"
    title = "Web of lies"
    seen = True
    form = "Yes or No"
    puzzle_type = Puzzle
    ladder = tuple(Knobs(people, shuffled=people > 3) for people in (3, 5, 8, 12, 20, 35, 60))

    def draw(self, rng: Random, knobs: Knobs) -> Puzzle:
        """Draw people and statements."""
        people = tuple(rng.sample(NAMES, knobs.people))
        truthful = tuple(rng.random() < 0.5 for _ in people)
        places = range(knobs.people)
        return Puzzle(people, truthful, tuple(rng.sample(places, len(places)) if knobs.shuffled else places))

    def compute(self, puzzle: Puzzle) -> str:
        """The last person tells the truth if an even number of lies is claimed along the chain."""
        return ("Yes", "No")[puzzle.truthful.count(False) % 2]

    def ask(self, puzzle: Puzzle) -> str:
        """List the statements and ask about the last speaker."""
        verbs = ["tells the truth" if honest else "lies" for honest in puzzle.truthful]
        facts = [f"{puzzle.people[0]} {verbs[0]}."]
        facts += [
            f"{speaker} says that {subject} {verb}."
            for speaker, subject, verb in zip(puzzle.people[1:], puzzle.people, verbs[1:], strict=False)
        ]
        listed = " ".join(facts[place] for place in puzzle.order)
        return (
            "Each of these people either always tells the truth or always lies. The statement that nobody in "
            "particular makes is a fact.\n\n"
            f"{listed}\n\n"
            f"Does {puzzle.people[-1]} tell the truth? Answer with <<<Yes>>> or <<<No>>>."
        )

    def parse(self, text: str, puzzle: Puzzle) -> str:
        """Read Yes or No."""
        return parse_choice(text, ("Yes", "No"))

    def render(self, answer: str) -> str:
        """The word."""
        return answer

    def read(self, record: Mapping[str, Any]) -> Posed[Puzzle, str]:
        """The statements in the words of the question, and the stored word."""
        facts = _OFFICIAL.findall(record["question"])
        speakers = [speaker for speaker, _, _ in facts[1:]]
        people = (facts[0][1], *speakers)
        truthful = tuple(verb != "lies" for _, _, verb in facts)
        return Posed(Puzzle(people, truthful, tuple(range(len(facts)))), record["answer"]["target"])


TASK = WebOfLies()
