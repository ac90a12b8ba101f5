"""Rewrite a string with a list of rules: always apply the first rule that applies, until none does.

The official wording can also be read as going round the rules in turn, which changes 28 of the 100 official
answers; ours says that one starts again from the first rule after every change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from codesteer.symbench.item import Posed
from codesteer.symbench.parsing import parse_string
from codesteer.symbench.solvers.rewriting import POOL, Rule, first_applicable, in_turn
from codesteer.symbench.task import ComputedTask

_MOST_STEPS: Final = 300


@dataclass(frozen=True, slots=True)
class Knobs:
    """What makes a rewriting hard."""

    shortest: int
    longest: int
    rules: int
    """How many rules are listed."""
    steps: int
    """The fewest changes until the end."""


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The string to begin with and the names of the rules in order."""

    start: str
    rules: tuple[str, ...]


class StringDeletionModification(ComputedTask[Knobs, Puzzle, str]):
    """Rewriting a string over a, b, c until no rule applies."""

    slug = "string_deletion_modification"
    title = "String deletion and modification"
    seen = True
    form = "a string"
    puzzle_type = Puzzle
    ladder = (
        Knobs(6, 9, 4, 2),
        Knobs(8, 12, 5, 3),
        Knobs(10, 20, 6, 4),
        Knobs(15, 25, 7, 8),
        Knobs(20, 35, 8, 12),
        Knobs(40, 60, 10, 20),
    )

    def draw(self, rng: Random, knobs: Knobs) -> Puzzle:
        """Draw strings and rules until a run is long enough and comes to an end."""
        while True:
            length = rng.randint(knobs.shortest, knobs.longest)
            start = "".join(rng.choices("abc", k=length))
            puzzle = Puzzle(start, tuple(rng.sample(sorted(POOL), knobs.rules)))
            states = first_applicable(start, _rules(puzzle), _MOST_STEPS)
            if states and len(states) > knobs.steps and states[-1]:
                return puzzle

    def compute(self, puzzle: Puzzle) -> str:
        """The string at the end of the run."""
        states = first_applicable(puzzle.start, _rules(puzzle), _MOST_STEPS)
        if states is None:
            raise ValueError("the rules never stop")
        return states[-1]

    def ask(self, puzzle: Puzzle) -> str:
        """List the rules and settle the order in which they are tried."""
        rules = "\n".join(f"{number}. {rule.words}" for number, rule in enumerate(_rules(puzzle), 1))
        return (
            f"Rewrite the string {puzzle.start} with these rules:\n\n"
            f"{rules}\n\n"
            "At each step go through the rules from the top and apply the first one whose condition holds, "
            "once. Then begin again with rule 1 on the changed string. Stop when no condition holds.\n"
            "Which string is left at the end? Answer in the format <<<string>>>, for example <<<abcab>>>."
        )

    def parse(self, text: str, puzzle: Puzzle) -> str:
        """Read a string over the letters that can occur, quoted or not."""
        return parse_string(text, "abcz")

    def render(self, answer: str) -> str:
        """The string itself."""
        return answer

    def read(self, record: Mapping[str, Any]) -> Posed[Puzzle, str]:
        """Recognise the rules by their condition."""
        stored = record["answer"]
        rules = tuple(_name(sentence) for sentence in stored["selected_rules"])
        return Posed(Puzzle(stored["initial_string"], rules), stored["final_string"])

    def flaws(self, posed: Posed[Puzzle, str]) -> tuple[str, ...]:
        """Whether going round the rules in turn ends differently, or never."""
        states = in_turn(posed.puzzle.start, _rules(posed.puzzle), _MOST_STEPS)
        same = states is not None and states[-1] == posed.answer
        return () if same else ("round_robin_reading_gives_other_answer",)


def _rules(puzzle: Puzzle) -> list[Rule]:
    return [POOL[name] for name in puzzle.rules]


def _name(sentence: str) -> str:
    """The rule that an official sentence states."""
    if "length" in sentence or "even number" in sentence:
        return "long" if "length" in sentence else "even"
    condition, quoted = sentence.split("'")[:2]
    if "not at the start" in sentence:
        return f"later {quoted}"
    starts = "prefix" in condition or "starts" in condition
    ends = "suffix" in condition or "ends" in condition
    return f"{'prefix' if starts else 'suffix' if ends else 'first'} {quoted}"


TASK = StringDeletionModification()
