"""Insert a letter after every occurrence of five patterns in a string over A to E.

Insert A after ABCD, B after BCDE, C after CDEA, D after DEAB, E after EABC. Occurrences are those in the original
string; they may overlap, and inserted letters do not create new ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from codesteer.symbench.item import SolvedPuzzle
from codesteer.symbench.parsing import parse_string
from codesteer.symbench.task import ComputedTask

INSERTED: Final = {"ABCD": "A", "BCDE": "B", "CDEA": "C", "DEAB": "D", "EABC": "E"}


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    patterns: int
    """Number of planted occurrences."""
    max_gap: int = 1
    """Maximum number of letters between two of them."""


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The original string."""

    string: str


class StringInsertion(ComputedTask[Difficulty, Puzzle, str]):
    """Inserting letters after patterns."""

    slug = "string_insertion"
    title = "String insertion"
    seen = True
    answer_format = "a string"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty(1, 2),
        Difficulty(2),
        Difficulty(3),
        Difficulty(5, 2),
        Difficulty(8, 3),
        Difficulty(25, 3),
        Difficulty(100, 5),
    )

    def random_puzzle(self, rng: Random, difficulty: Difficulty) -> Puzzle:
        """Join patterns with random letters, with up to two more at both ends."""
        ends = ["".join(rng.choices("ABCDE", k=rng.randint(0, 2))) for _ in range(2)]
        string = ends[0]
        for place in range(difficulty.patterns):
            gap = rng.randint(min(1, difficulty.max_gap), difficulty.max_gap) if place else 0
            string += "".join(rng.choices("ABCDE", k=gap)) + rng.choice(sorted(INSERTED))
        return Puzzle(string + ends[1])

    def compute_answer(self, puzzle: Puzzle) -> str:
        """Copy the string; insert after each letter that ends a pattern."""
        string = puzzle.string
        return "".join(
            letter + INSERTED.get(string[max(end - 3, 0) : end + 1], "") for end, letter in enumerate(string)
        )

    def format_question(self, puzzle: Puzzle) -> str:
        """List the patterns and define an occurrence."""
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

    def format_answer(self, answer: str) -> str:
        """Return the string itself."""
        return answer

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, str]:
        """Read the original and the changed string."""
        stored = record["answer"]
        return SolvedPuzzle(Puzzle(stored["original_string"]), stored["modified_string"])


TASK = StringInsertion()
