"""Rewrite a string with a list of rules: apply the first applicable rule until none applies.

The official wording can also be read as a round-robin over the rules, which changes 28 of the 100 official answers;
ours says to restart from the first rule after every change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from codesteer.symbench.item import SolvedPuzzle
from codesteer.symbench.parsing import parse_string
from codesteer.symbench.solvers.rewriting import POOL, Rule, run_first_applicable, run_round_robin
from codesteer.symbench.task import ComputedTask

_MAX_STEPS: Final = 300


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    min_length: int
    max_length: int
    rules: int
    """Number of rules."""
    min_steps: int
    """Minimum number of changes until the end."""


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The initial string and the names of the rules in order."""

    start: str
    rules: tuple[str, ...]


class StringDeletionModification(ComputedTask[Difficulty, Puzzle, str]):
    """Rewriting a string over a, b, c until no rule applies."""

    slug = "string_deletion_modification"
    title = "String deletion and modification"
    seen = True
    answer_format = "a string"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty(6, 9, 4, 2),
        Difficulty(8, 12, 5, 3),
        Difficulty(10, 20, 6, 4),
        Difficulty(15, 25, 7, 8),
        Difficulty(20, 35, 8, 12),
        Difficulty(40, 60, 10, 20),
    )

    def random_puzzle(self, rng: Random, difficulty: Difficulty) -> Puzzle:
        """Draw strings and rules until a run is long enough and terminates."""
        while True:
            length = rng.randint(difficulty.min_length, difficulty.max_length)
            start = "".join(rng.choices("abc", k=length))
            puzzle = Puzzle(start, tuple(rng.sample(sorted(POOL), difficulty.rules)))
            states = run_first_applicable(start, _rules(puzzle), _MAX_STEPS)
            if states and len(states) > difficulty.min_steps and states[-1]:
                return puzzle

    def compute_answer(self, puzzle: Puzzle) -> str:
        """Return the string at the end of the run."""
        states = run_first_applicable(puzzle.start, _rules(puzzle), _MAX_STEPS)
        if states is None:
            raise ValueError("the rules never stop")
        return states[-1]

    def format_question(self, puzzle: Puzzle) -> str:
        """List the rules and specify the order in which they are tried."""
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

    def format_answer(self, answer: str) -> str:
        """Return the string itself."""
        return answer

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, str]:
        """Recognise the rules by their conditions."""
        stored = record["answer"]
        rules = tuple(_name(sentence) for sentence in stored["selected_rules"])
        return SolvedPuzzle(Puzzle(stored["initial_string"], rules), stored["final_string"])

    def find_defects(self, solved: SolvedPuzzle[Puzzle, str]) -> tuple[str, ...]:
        """Flag an item for which a round-robin over the rules ends differently, or never."""
        states = run_round_robin(solved.puzzle.start, _rules(solved.puzzle), _MAX_STEPS)
        same = states is not None and states[-1] == solved.answer
        return () if same else ("round_robin_reading_gives_other_answer",)


def _rules(puzzle: Puzzle) -> list[Rule]:
    return [POOL[name] for name in puzzle.rules]


def _name(sentence: str) -> str:
    """Return the name of the rule that an official sentence states."""
    if "length" in sentence or "even number" in sentence:
        return "long" if "length" in sentence else "even"
    condition, quoted = sentence.split("'")[:2]
    if "not at the start" in sentence:
        return f"later {quoted}"
    starts = "prefix" in condition or "starts" in condition
    ends = "suffix" in condition or "ends" in condition
    return f"{'prefix' if starts else 'suffix' if ends else 'first'} {quoted}"


TASK = StringDeletionModification()
