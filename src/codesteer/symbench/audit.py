"""Find defects in the official data: check each stored answer with our verifier and the official validator."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from codesteer.errors import ConfigurationError, DataError, one_line
from codesteer.symbench.defects import DEFECTS, UNSOLVED, VIOLATES, all_harmless, review
from codesteer.symbench.item import Item, Outcome
from codesteer.symbench.official_repository import DEFINED_IN_CODE, WITHOUT_ANSWERS, read_official_records
from codesteer.symbench.parsing import UnreadableError
from codesteer.symbench.registry import load_task
from codesteer.symbench.task import CRASHES, Task


@dataclass(frozen=True, slots=True)
class Finding:
    """The result for one official item."""

    id: str
    question: str
    passes: bool
    """Whether the stored answer (or ours, if none is stored) passes the official validator."""
    flags: tuple[str, ...]
    verified: bool
    """Whether question, rules and stored answer are known to agree."""
    reason: str
    """The meaning of the flags and what the verifier or reviewer found, in one line; empty without defects."""


@dataclass(frozen=True, slots=True)
class ExpectedCounts:
    """The counts for all official items of a task, at commit 2a7750d8 of the official repository."""

    items: int
    passes: int
    distinct: int
    flags: Mapping[str, int]


def _expected(
    items: int, passes: int | None = None, distinct: int | None = None, **flags: int
) -> ExpectedCounts:
    return ExpectedCounts(items, passes or items, distinct or items, flags)


EXPECTED: Final = {
    "blocksworld": _expected(120, 119, initial_equals_goal=1),
    "boxlift": _expected(40),
    "boxnet": _expected(50),
    "combinatorial_calculation": _expected(150),
    "constrained_linear_arrangement": _expected(
        200,
        distinct=197,
        stored_answer_violates_stated_rules=56,
        no_answer_satisfies_stated_rules=24,
        multiple_solutions=91,
    ),
    "cryptanalysis": _expected(100),
    "date_understanding": _expected(250, stored_answer_wrong_on_review=2),
    "eight_queens": _expected(150, distinct=143),
    "game24": _expected(1362, 1361),
    "game_2048": _expected(200, start_cell_empty=101),
    "gsm_hard": _expected(1319, stored_answer_wrong_on_review=1),
    "letter_logic_diagram": _expected(200, multiple_solutions=84),
    "letters": _expected(6620, distinct=6533),
    "light_puzzles": _expected(200, distinct=199),
    "logical_deduction": _expected(250),
    "logical_equation": _expected(150, multiple_solutions=111),
    "logical_puzzle": _expected(
        200,
        173,
        distinct=198,
        stored_answer_violates_stated_rules=27,
        no_answer_satisfies_stated_rules=24,
    ),
    "mahjong": _expected(200, stored_answer_violates_stated_rules=14, non_letter_card=12),
    "math_counting_probability": _expected(771),
    "math_geometry": _expected(870),
    "matrix_transformation": _expected(200),
    "navigation": _expected(250),
    "new_operator": _expected(200, stored_answer_violates_stated_rules=99, ambiguous_grouping=91),
    "number_multiply": _expected(550),
    "path_plan": _expected(140, distinct=126),
    "pattern_recognition": _expected(100, square_side_above_3=39),
    "permutations_combinations": _expected(200),
    "pooling": _expected(200, 100, reference_validator_rejects_correct_answer=100),
    "reversi": _expected(
        200, distinct=83, shown_board_already_equals_answer=200, literal_replay_gives_other_board=16
    ),
    "standard_sudoku": _expected(120),
    "statistical_counting": _expected(200),
    "string_deletion_modification": _expected(100, round_robin_reading_gives_other_answer=28),
    "string_insertion": _expected(200),
    "string_splitting": _expected(200, exhaustive_reading_gives_other_answer=111),
    "string_synthesis": _expected(200, distinct=138, one_at_a_time_reading_gives_other_answer=142),
    "synthesis_decomposition": _expected(200, distinct=103),
    "web_of_lies": _expected(250),
}
"""Expected counts of an audit of a whole checkout; for reviews, those of the reviewed items."""


@dataclass(frozen=True, slots=True)
class Audit:
    """The findings for a task."""

    slug: str
    findings: tuple[Finding, ...]

    @property
    def passes(self) -> int:
        """Number of stored answers that pass the official validator."""
        return sum(finding.passes for finding in self.findings)

    @property
    def verified(self) -> int:
        """Number of items whose question, rules and stored answer are known to agree."""
        return sum(finding.verified for finding in self.findings)

    @property
    def flags(self) -> dict[str, int]:
        """Number of findings per flag."""
        return dict(Counter(flag for finding in self.findings for flag in finding.flags))

    def records(self) -> list[dict[str, Any]]:
        """Return the findings as JSON objects, without the questions."""
        return [
            {
                "task": self.slug,
                "id": one.id,
                "verified": one.verified,
                "flags": one.flags,
                "reason": one.reason,
            }
            for one in self.findings
        ]

    @property
    def distinct(self) -> int:
        """Number of distinct questions."""
        return len({finding.question for finding in self.findings})

    @property
    def comparison(self) -> str:
        """How the counts compare with the expected ones, in a few words."""
        expected = EXPECTED[self.slug]
        if not self.findings:
            return "defined in the repository's code" if self.slug in DEFINED_IN_CODE else "missing"
        if len(self.findings) != expected.items:
            return f"{len(self.findings)} of {expected.items} items"
        found = (self.passes, self.distinct, self.flags)
        as_expected = found == (expected.passes, expected.distinct, dict(expected.flags))
        return "as expected" if as_expected else "differs from the expected counts"


def audit(slug: str, root: Path) -> Audit:
    """Check all official items of a task in a checkout.

    Raises:
        DataError: A file of the task is malformed.
    """
    return Audit(slug, tuple(_findings(slug, root)))


def _findings(slug: str, root: Path) -> Iterator[Finding]:
    task = load_task(slug)
    for record in read_official_records(slug, root):
        try:
            yield _derived(task, record) if slug in WITHOUT_ANSWERS else _stored(task, record)
        except (ConfigurationError, *CRASHES) as problem:
            name = record.get("id", "a record without an id")
            raise DataError(f"{name} is not a valid record of {slug}: {one_line(problem)}") from problem


def _stored(task: Task[Any, Any, Any], record: Mapping[str, Any]) -> Finding:
    item = task.from_official(record)
    flags, reason = item.flags, _reason(task, item, record)
    return Finding(item.id, item.question, _passes(task, item), flags, item.verified, reason)


def _derived(task: Task[Any, Any, Any], record: Mapping[str, Any]) -> Finding:
    """Audit an item without a stored answer: use the answer that our solver finds."""
    official = task.solved_record(record)
    flags = task.find_defects(official)
    bare = Item(record["id"], task.slug, record["question"], official.answer, 0, official.puzzle)
    answer = task.solve(bare)
    if answer is None or task.find_violation(official.puzzle, answer):
        return Finding(
            bare.id, bare.question, False, (*flags, UNSOLVED), False, _meanings((*flags, UNSOLVED))
        )
    solved = Item(bare.id, task.slug, bare.question, answer, 0, official.puzzle)
    return Finding(
        bare.id, bare.question, _passes(task, solved), flags, all_harmless(flags), _meanings(flags)
    )


def _reason(task: Task[Any, Any, Any], item: Item[Any, Any], record: Mapping[str, Any]) -> str:
    """Join the meaning of each flag, the broken rule, if any, and the reviewer's reason."""
    parts = [_meanings(item.flags)]
    if VIOLATES in item.flags:
        parts.append(f"the verifier says: {task.find_violation(item.data, item.answer)}")
    if not task.verifies_official and not item.verified:
        found = review(record)
        parts.append(found.reason if found else "taken on trust: there are no rules to check it by")
    return "; ".join(filter(None, parts))


def _meanings(flags: Iterable[str]) -> str:
    return "; ".join(DEFECTS[flag].meaning for flag in flags)


def _passes(task: Task[Any, Any, Any], item: Item[Any, Any]) -> bool:
    try:
        reply = f"<<<{task.format_answer(item.answer)}>>>"
    except UnreadableError:
        return False
    return task.score(item, reply, published=True).outcome is Outcome.CORRECT
