"""Insert a letter after every occurrence of five patterns in a string over A to E.

After ABCD follows A, after BCDE B, after CDEA C, after DEAB D, after EABC E. Occurrences are those of the
original string; they may overlap, and what is inserted makes no new ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from codesteer.symbench.item import Posed
from codesteer.symbench.parsing import parse_string
from codesteer.symbench.task import ComputedTask

INSERTED: Final = {"ABCD": "A", "BCDE": "B", "CDEA": "C", "DEAB": "D", "EABC": "E"}


@dataclass(frozen=True, slots=True)
class Knobs:
    """What makes an insertion hard."""

    patterns: int
    """How many occurrences are planted."""
    gap: int = 1
    """The most letters between two of them."""


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The original string."""

    string: str


class StringInsertion(ComputedTask[Knobs, Puzzle, str]):
    """Inserting letters after patterns."""

    slug = "string_insertion"
    title = "String insertion"
    seen = True
    form = "a string"
    puzzle_type = Puzzle
    ladder = (Knobs(1, 2), Knobs(2), Knobs(3), Knobs(5, 2), Knobs(8, 3), Knobs(25, 3), Knobs(100, 5))

    def draw(self, rng: Random, knobs: Knobs) -> Puzzle:
        """Join patterns by random letters, with up to two more at both ends."""
        ends = ["".join(rng.choices("ABCDE", k=rng.randint(0, 2))) for _ in range(2)]
        string = ends[0]
        for place in range(knobs.patterns):
            gap = rng.randint(min(1, knobs.gap), knobs.gap) if place else 0
            string += "".join(rng.choices("ABCDE", k=gap)) + rng.choice(sorted(INSERTED))
        return Puzzle(string + ends[1])

    def compute(self, puzzle: Puzzle) -> str:
        """Copy the string and insert after each letter that ends a pattern."""
        string = puzzle.string
        return "".join(
            letter + INSERTED.get(string[max(end - 3, 0) : end + 1], "") for end, letter in enumerate(string)
        )

    def ask(self, puzzle: Puzzle) -> str:
        """List the patterns and settle what counts as an occurrence."""
        patterns = "\n".join(
            f"- after each {pattern} insert {letter}" for pattern, letter in INSERTED.items()
        )
        return (
            f"Change the string {puzzle.string} like this:\n"
            f"{patterns}\n\n"
            "All occurrences are looked for in the original string, where they may overlap. Inserted "
            "letters do not make new occurrences and do not break up the original ones: each letter goes "
            "directly behind the last letter of its occurrence.\n"
            "Give the changed string in the format <<<string>>>, for example <<<EABCDAC>>>."
        )

    def parse(self, text: str, puzzle: Puzzle) -> str:
        """Read a string over A to E, quoted or not."""
        return parse_string(text, "ABCDE")

    def render(self, answer: str) -> str:
        """The string itself."""
        return answer

    def read(self, record: Mapping[str, Any]) -> Posed[Puzzle, str]:
        """The original and the changed string."""
        stored = record["answer"]
        return Posed(Puzzle(stored["original_string"]), stored["modified_string"])


TASK = StringInsertion()
