"""What the two MATH tasks share: stored problems, and answers that are compared without a model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codesteer.symbench.item import Item, Posed
from codesteer.symbench.parsing import agrees, plain
from codesteer.symbench.task import LoadedTask

_TAIL = "\n\nOutput final answer"


@dataclass(frozen=True, slots=True)
class MathPuzzle:
    """A problem and the answer in its worked solution, both in LaTeX."""

    problem: str
    target: str


class MathTask(LoadedTask[MathPuzzle, str]):
    """A subject of the MATH data set."""

    seen = True
    form = "LaTeX or a number"
    checked = False
    puzzle_type = MathPuzzle

    def ask(self, puzzle: MathPuzzle) -> str:
        """The problem and the format."""
        return (
            f"{puzzle.problem}\n\n"
            "Give the final answer in the format <<<answer>>>: an exact value in LaTeX or as plain text, or "
            "a decimal number with at least four significant digits, for example <<<\\frac{3}{4}>>>, "
            "<<<2*sqrt(3)>>> or <<<3.464>>>."
        )

    def parse(self, text: str, puzzle: MathPuzzle) -> str:
        """Take the text as it is, if it can be compared with the stored answer."""
        answer = plain(text)
        agrees(answer, puzzle.target)
        return answer

    def fault(self, puzzle: MathPuzzle, answer: str) -> str | None:
        """Compare with the stored answer, exactly where both are written exactly."""
        return None if agrees(answer, puzzle.target) else f"expected {puzzle.target}"

    def render(self, answer: str) -> str:
        """The text."""
        return answer

    def published(self, item: Item[MathPuzzle, str], text: str) -> bool:
        """A model judges with a tolerance of one part in a thousand; our comparison stands in for it."""
        return agrees(text, item.data.target, tolerant=True)

    def read(self, record: Mapping[str, Any]) -> Posed[MathPuzzle, str]:
        """The problem and the content of the last box of its solution."""
        target = record["answer"]["target"]
        return Posed(MathPuzzle(record["question"].split(_TAIL)[0], target), target)
