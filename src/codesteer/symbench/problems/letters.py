"""Count a letter in a word and list its positions, counted from 1.

The official words are English if there are enough of that length, or else random letters; ours alternate random
consonants and vowels, up to 800 letters.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from codesteer.symbench.item import Item, SolvedPuzzle
from codesteer.symbench.parsing import UnreadableError, denies, parse_integers, plain_lines, unlatex
from codesteer.symbench.task import ComputedTask

Occurrences = tuple[int, tuple[int, ...]]

_VOWELS: Final = "aeiou"
_CONSONANTS: Final = "bcdfghjklmnpqrstvwxyz"
_POSITIONS: Final = re.compile(r"positions?\b", re.IGNORECASE)

_AND: Final = re.compile(r"(?<=\d),?\s(?:and|&)\s(?=\d)", re.IGNORECASE | re.ASCII)
_COUNT_LAST: Final = re.compile(
    r"\{?\s?(\W?positions?\b[^a-z]{0,9000})(\bcount\W{1,5}\d{1,9})\s?\}?\Z", re.IGNORECASE | re.ASCII
)
_PAIR: Final = re.compile(r"[(\[]?\s?(\d{1,9})\s?[,;]\s?([\[({][\d,\s]*[\])}])\s?[)\]]?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    min_length: int
    max_length: int
    min_count: int
    """Minimum number of occurrences."""
    max_count: int


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The word and the letter."""

    word: str
    letter: str


class Letters(ComputedTask[Difficulty, Puzzle, Occurrences]):
    """Finding a letter."""

    slug = "letters"
    title = "Letters"
    seen = False
    answer_format = "a count and a list of positions"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty(5, 10, 1, 4),
        Difficulty(10, 15, 1, 5),
        Difficulty(15, 20, 2, 6),
        Difficulty(20, 25, 3, 8),
        Difficulty(25, 30, 3, 10),
        Difficulty(50, 100, 12, 25),
        Difficulty(150, 200, 25, 50),
        Difficulty(350, 400, 50, 100),
        Difficulty(750, 800, 100, 200),
    )

    def random_puzzle(self, rng: Random, difficulty: Difficulty) -> Puzzle:
        """Draw a word without the letter, then put the letter in some positions."""
        letter = rng.choice(_VOWELS + _CONSONANTS)
        kinds = [[other for other in kind if other != letter] for kind in (_CONSONANTS, _VOWELS)]
        first = rng.randrange(2)
        word = [
            rng.choice(kinds[(first + i) % 2])
            for i in range(rng.randint(difficulty.min_length, difficulty.max_length))
        ]
        for place in rng.sample(range(len(word)), rng.randint(difficulty.min_count, difficulty.max_count)):
            word[place] = letter
        return Puzzle("".join(word), letter)

    def compute_answer(self, puzzle: Puzzle) -> Occurrences:
        """Return the count and the positions in order."""
        positions = tuple(place for place, letter in enumerate(puzzle.word, 1) if letter == puzzle.letter)
        return len(positions), positions

    def format_question(self, puzzle: Puzzle) -> str:
        """State the word, the letter and the format."""
        return (
            f"How often does the letter {puzzle.letter!r} occur in the word {puzzle.word!r}, and at which "
            "positions? The first letter of the word has position 1.\n"
            "Answer in the format <<<Count: n, Positions: [p, q, ...]>>> with every position once; for the "
            "letter 'n' in 'banana' that is <<<Count: 2, Positions: [3, 5]>>>."
        )

    def parse(self, text: str, puzzle: Puzzle) -> Occurrences:
        """Read the count and the positions, in this order or labelled."""
        text = _COUNT_LAST.sub(r"\2, \1", _AND.sub(",", plain_lines(unlatex(text))))
        unlabelled = _PAIR.fullmatch(text)
        head, *rest = unlabelled.groups() if unlabelled else _POSITIONS.split(text)
        if len(rest) != 1 or denies(text):
            raise UnreadableError("expected 'Count: n, Positions: [p, q, ...]'")
        counts = re.findall(r"\d+", head, re.ASCII)
        if len(counts) != 1 or len(counts[0]) > 9:
            raise UnreadableError("expected one count before the positions")
        places = rest[0].lstrip("\"' are:=")
        return int(counts[0]), parse_integers(places) if re.search(r"\w", places) else ()

    def find_violation(self, puzzle: Puzzle, answer: Occurrences) -> str | None:
        """Compare the count and, in any order, the positions."""
        count, positions = self.compute_answer(puzzle)
        if answer[0] != count:
            return f"the letter occurs {count} times, not {answer[0]}"
        if tuple(sorted(answer[1])) != positions:
            return f"the positions are {', '.join(map(str, positions))}"
        return None

    def format_answer(self, answer: Occurrences) -> str:
        """Write both parts with their names."""
        return f"Count: {answer[0]}, Positions: {list(answer[1])}"

    def official_validator_accepts(self, item: Item[Puzzle, Occurrences], text: str) -> bool:
        """Compare the count and the set of positions; repeated positions are allowed."""
        count, positions = self.parse(text, item.data)
        return count == item.answer[0] and set(positions) == set(item.answer[1])

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, Occurrences]:
        """Read the word, the letter and the stored positions."""
        stored = record["answer"]
        return SolvedPuzzle(
            Puzzle(stored["word"], stored["letter"]), (stored["count"], tuple(stored["positions"]))
        )


TASK = Letters()
