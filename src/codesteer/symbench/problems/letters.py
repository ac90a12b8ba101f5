"""Count a letter in a word and list the places where it stands, counted from 1.

The official words are English where there are enough of the length, and random letters otherwise; ours are
random letters in alternating consonants and vowels, up to 800 of them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from codesteer.symbench.item import Item, Posed
from codesteer.symbench.parsing import UnreadableError, parse_integers, unlatex
from codesteer.symbench.task import ComputedTask

Found = tuple[int, tuple[int, ...]]

_VOWELS: Final = "aeiou"
_CONSONANTS: Final = "bcdfghjklmnpqrstvwxyz"
_POSITIONS: Final = re.compile(r"positions?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Knobs:
    """What makes a word hard."""

    shortest: int
    longest: int
    least: int
    """The fewest occurrences of the letter."""
    most: int


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The word and the letter."""

    word: str
    letter: str


class Letters(ComputedTask[Knobs, Puzzle, Found]):
    """Finding a letter."""

    slug = "letters"
    title = "Letters"
    seen = False
    form = "a count and a list of positions"
    puzzle_type = Puzzle
    ladder = (
        Knobs(5, 10, 1, 4),
        Knobs(10, 15, 1, 5),
        Knobs(15, 20, 2, 6),
        Knobs(20, 25, 3, 8),
        Knobs(25, 30, 3, 10),
        Knobs(50, 100, 12, 25),
        Knobs(150, 200, 25, 50),
        Knobs(350, 400, 50, 100),
        Knobs(750, 800, 100, 200),
    )

    def draw(self, rng: Random, knobs: Knobs) -> Puzzle:
        """Draw a word without the letter and put the letter over some of its places."""
        letter = rng.choice(_VOWELS + _CONSONANTS)
        kinds = [[other for other in kind if other != letter] for kind in (_CONSONANTS, _VOWELS)]
        first = rng.randrange(2)
        word = [rng.choice(kinds[(first + i) % 2]) for i in range(rng.randint(knobs.shortest, knobs.longest))]
        for place in rng.sample(range(len(word)), rng.randint(knobs.least, knobs.most)):
            word[place] = letter
        return Puzzle("".join(word), letter)

    def compute(self, puzzle: Puzzle) -> Found:
        """The count and the positions in order."""
        positions = tuple(place for place, letter in enumerate(puzzle.word, 1) if letter == puzzle.letter)
        return len(positions), positions

    def ask(self, puzzle: Puzzle) -> str:
        """State the word, the letter and the format."""
        return (
            f"How often does the letter {puzzle.letter!r} occur in the word {puzzle.word!r}, and at which "
            "positions? The first letter of the word has position 1.\n"
            "Answer in the format <<<Count: n, Positions: [p, q, ...]>>> with every position once; for the "
            "letter 'n' in 'banana' that is <<<Count: 2, Positions: [3, 5]>>>."
        )

    def parse(self, text: str, puzzle: Puzzle) -> Found:
        """Read the count and then the positions."""
        head, *rest = _POSITIONS.split(unlatex(text))
        if len(rest) != 1:
            raise UnreadableError("expected 'Count: n, Positions: [p, q, ...]'")
        counts = re.findall(r"\d+", head, re.ASCII)
        if len(counts) != 1 or len(counts[0]) > 9:
            raise UnreadableError("expected one count before the positions")
        places = rest[0].lstrip("\"' are:=")
        return int(counts[0]), parse_integers(places) if re.search(r"\w", places) else ()

    def fault(self, puzzle: Puzzle, answer: Found) -> str | None:
        """Compare the count and, in any order, the positions."""
        count, positions = self.compute(puzzle)
        if answer[0] != count:
            return f"the letter occurs {count} times, not {answer[0]}"
        if tuple(sorted(answer[1])) != positions:
            return f"the positions are {', '.join(map(str, positions))}"
        return None

    def render(self, answer: Found) -> str:
        """Both parts with their names."""
        return f"Count: {answer[0]}, Positions: {list(answer[1])}"

    def published(self, item: Item[Puzzle, Found], text: str) -> bool:
        """The count and the set of positions equal the stored ones; a position may be given twice."""
        count, positions = self.parse(text, item.data)
        return count == item.answer[0] and set(positions) == set(item.answer[1])

    def read(self, record: Mapping[str, Any]) -> Posed[Puzzle, Found]:
        """The word, the letter, and where it was found."""
        stored = record["answer"]
        return Posed(Puzzle(stored["word"], stored["letter"]), (stored["count"], tuple(stored["positions"])))


TASK = Letters()
