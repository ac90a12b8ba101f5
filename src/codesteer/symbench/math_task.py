"""The base class of the two MATH tasks: stored problems, answers compared without a model."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codesteer.symbench.item import Item, SolvedPuzzle
from codesteer.symbench.parsing import UnreadableError, clean, is_equivalent
from codesteer.symbench.task import OfficialOnlyTask

_EXPLAINED = re.compile(r"\n\n|\s\(?(?:because|since|explanation)\b", re.IGNORECASE)
_TAIL = "\n\nOutput final answer"


@dataclass(frozen=True, slots=True)
class MathPuzzle:
    """A problem and the answer in its worked solution, both in LaTeX."""

    problem: str
    target: str


class MathTask(OfficialOnlyTask[MathPuzzle, str]):
    """A subject of the MATH data set."""

    seen = True
    answer_format = "LaTeX or a number"
    verifies_official = False
    puzzle_type = MathPuzzle

    def format_question(self, puzzle: MathPuzzle) -> str:
        """Return the problem and the format."""
        return (
            f"{puzzle.problem}\n\n"
            "Give the final answer in the format <<<answer>>>: an exact value in LaTeX or as plain text, or "
            "a decimal number with at least four significant digits, for example <<<\\frac{3}{4}>>>, "
            "<<<2*sqrt(3)>>> or <<<3.464>>>."
        )

    def parse(self, text: str, puzzle: MathPuzzle) -> str:
        """Return the text if it can be compared with the stored answer, and nothing explains it."""
        answer = clean(text)
        if _EXPLAINED.search(answer):
            raise UnreadableError("an explanation follows the answer")
        is_equivalent(answer, puzzle.target)
        return answer

    def find_violation(self, puzzle: MathPuzzle, answer: str) -> str | None:
        """Compare with the stored answer; exactly, if both are exact."""
        return None if is_equivalent(answer, puzzle.target) else f"expected {puzzle.target}"

    def format_answer(self, answer: str) -> str:
        """Return the text."""
        return answer

    def official_validator_accepts(self, item: Item[MathPuzzle, str], text: str) -> bool:
        """Compare within one part in a thousand, in place of the model that judges officially."""
        return is_equivalent(text, item.data.target, tolerant=True)

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[MathPuzzle, str]:
        """Read the problem and the content of the last box of its solution."""
        target = record["answer"]["target"]
        return SolvedPuzzle(MathPuzzle(record["question"].split(_TAIL)[0], target), target)
