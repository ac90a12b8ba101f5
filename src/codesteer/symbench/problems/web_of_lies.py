"""Follow a chain of people who say that others lie or tell the truth.

Everybody either always lies or always tells the truth. For the first person this is given; every other one speaks
about the previous one. The official chains have five people in order; ours have up to sixty, and from level 2 on
the statements are shuffled.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from codesteer.symbench.item import SolvedPuzzle
from codesteer.symbench.parsing import parse_choice
from codesteer.symbench.task import ComputedTask
from codesteer.symbench.wording.names import NAMES

_OFFICIAL: Final = re.compile(r"(?:(\w{1,40}) says )?(\w{1,40}) (tells the truth|lies)\.")


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    people: int
    shuffled: bool


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The people along the chain, and what is said about each of them.

    Nothing is said about the last person, who is asked about.
    """

    people: tuple[str, ...]
    truthful: tuple[bool, ...]
    """Whether people 1, 2, … are said to tell the truth: the first as a fact, the others by the next in the chain."""
    order: tuple[int, ...]
    """The order in which the statements are listed."""


class WebOfLies(ComputedTask[Difficulty, Puzzle, str]):
    """Liars and truth-tellers."""

    slug = "web_of_lies"
    title = "Web of lies"
    seen = True
    answer_format = "Yes or No"
    puzzle_type = Puzzle
    difficulties = tuple(Difficulty(people, shuffled=people > 3) for people in (3, 5, 8, 12, 20, 35, 60))

    def random_puzzle(self, rng: Random, difficulty: Difficulty) -> Puzzle:
        """Draw people and statements."""
        people = tuple(rng.sample(NAMES, difficulty.people))
        truthful = tuple(rng.random() < 0.5 for _ in people)
        places = range(difficulty.people)
        return Puzzle(
            people, truthful, tuple(rng.sample(places, len(places)) if difficulty.shuffled else places)
        )

    def compute_answer(self, puzzle: Puzzle) -> str:
        """Return Yes if an even number of lies is claimed along the chain."""
        return ("Yes", "No")[puzzle.truthful.count(False) % 2]

    def format_question(self, puzzle: Puzzle) -> str:
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

    def format_answer(self, answer: str) -> str:
        """Return the word."""
        return answer

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, str]:
        """Read the statements from the question's text, and the stored word."""
        facts = _OFFICIAL.findall(record["question"])
        speakers = [speaker for speaker, _, _ in facts[1:]]
        people = (facts[0][1], *speakers)
        truthful = tuple(verb != "lies" for _, _, verb in facts)
        return SolvedPuzzle(Puzzle(people, truthful, tuple(range(len(facts)))), record["answer"]["target"])


TASK = WebOfLies()
