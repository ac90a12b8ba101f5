"""Find the defects of the official data: each stored answer is put to our verifier and to the reference's."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from codesteer.errors import DataError
from codesteer.symbench.defects import DEFECTS, UNSOLVED, VIOLATES, agree, review
from codesteer.symbench.item import Item, Outcome
from codesteer.symbench.layout import IN_CODE, UNSTORED, published_records
from codesteer.symbench.parsing import UnreadableError
from codesteer.symbench.registry import load_task
from codesteer.symbench.task import Task


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about one official item."""

    id: str
    question: str
    passes: bool
    """Whether the stored answer (where none is stored, our own) passes the reference's validator."""
    flags: tuple[str, ...]
    verified: bool
    """Whether question, rules and stored answer are known to agree."""
    reason: str
    """What the flags mean, in one line, and what our check or a person found; empty where all is well."""


@dataclass(frozen=True, slots=True)
class Known:
    """What was measured on all official items of a task at commit 2a7750d8 of their repository."""

    items: int
    passes: int
    distinct: int
    flags: Mapping[str, int]


def _known(items: int, passes: int | None = None, distinct: int | None = None, **flags: int) -> Known:
    return Known(items, passes or items, distinct or items, flags)


KNOWN: Final = {
    "blocksworld": _known(120, 119, initial_equals_goal=1),
    "boxlift": _known(40),
    "boxnet": _known(50),
    "combinatorial_calculation": _known(150),
    "constrained_linear_arrangement": _known(
        200,
        distinct=197,
        stored_answer_violates_stated_rules=56,
        no_answer_satisfies_stated_rules=24,
        multiple_solutions=91,
    ),
    "cryptanalysis": _known(100),
    "date_understanding": _known(250, stored_answer_wrong_on_review=2),
    "eight_queens": _known(150, distinct=143),
    "game24": _known(1362, 1361),
    "game_2048": _known(200, start_cell_empty=101),
    "gsm_hard": _known(1319, stored_answer_wrong_on_review=1),
    "letter_logic_diagram": _known(200, multiple_solutions=84),
    "letters": _known(6620, distinct=6533),
    "light_puzzles": _known(200, distinct=199),
    "logical_deduction": _known(250),
    "logical_equation": _known(150, multiple_solutions=111),
    "logical_puzzle": _known(
        200,
        173,
        distinct=198,
        stored_answer_violates_stated_rules=27,
        no_answer_satisfies_stated_rules=24,
    ),
    "mahjong": _known(200, stored_answer_violates_stated_rules=14, non_letter_card=12),
    "math_counting_probability": _known(771),
    "math_geometry": _known(870),
    "matrix_transformation": _known(200),
    "navigation": _known(250),
    "new_operator": _known(200, stored_answer_violates_stated_rules=99, ambiguous_grouping=91),
    "number_multiply": _known(550),
    "path_plan": _known(140, distinct=126),
    "pattern_recognition": _known(100, square_side_above_3=39),
    "permutations_combinations": _known(200),
    "pooling": _known(200, 100, reference_validator_rejects_correct_answer=100),
    "reversi": _known(
        200, distinct=83, shown_board_already_equals_answer=200, literal_replay_gives_other_board=16
    ),
    "standard_sudoku": _known(120),
    "statistical_counting": _known(200),
    "string_deletion_modification": _known(100, round_robin_reading_gives_other_answer=28),
    "string_insertion": _known(200),
    "string_splitting": _known(200, exhaustive_reading_gives_other_answer=111),
    "string_synthesis": _known(200, distinct=138, one_at_a_time_reading_gives_other_answer=142),
    "synthesis_decomposition": _known(200, distinct=103),
    "web_of_lies": _known(250),
}
"""The counts to which an audit of a whole checkout is compared; of reviews, those that were made."""


@dataclass(frozen=True, slots=True)
class Audit:
    """The findings about a task, and how many of its items there should be."""

    slug: str
    findings: tuple[Finding, ...]

    @property
    def passes(self) -> int:
        """How many stored answers pass the reference's validator."""
        return sum(finding.passes for finding in self.findings)

    @property
    def verified(self) -> int:
        """How many items have a question, rules and a stored answer that are known to agree."""
        return sum(finding.verified for finding in self.findings)

    @property
    def flags(self) -> dict[str, int]:
        """How often each flag was found."""
        return dict(Counter(flag for finding in self.findings for flag in finding.flags))

    def records(self) -> list[dict[str, Any]]:
        """The findings as JSON objects, without the questions."""
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
        """How many different questions there are."""
        return len({finding.question for finding in self.findings})

    @property
    def remark(self) -> str:
        """How this compares with what was measured before, in a few words."""
        known = KNOWN[self.slug]
        if not self.findings:
            return "kept in the repository's programs" if self.slug in IN_CODE else "missing"
        if len(self.findings) != known.items:
            return f"{len(self.findings)} of {known.items} items"
        found = (self.passes, self.distinct, self.flags)
        as_known = found == (known.passes, known.distinct, dict(known.flags))
        return "as known" if as_known else "differs from what was known"


def audit(slug: str, root: Path) -> Audit:
    """Check all official items of a task in a checkout.

    Raises:
        DataError: A file of the task is not what it should be.
    """
    return Audit(slug, tuple(_findings(slug, root)))


def _findings(slug: str, root: Path) -> Iterator[Finding]:
    task = load_task(slug)
    for record in published_records(slug, root):
        try:
            yield _derived(task, record) if slug in UNSTORED else _stored(task, record)
        except (KeyError, TypeError, ValueError, IndexError) as problem:
            raise DataError(f"{record['id']} is not one of {slug}: {problem!r}") from problem


def _stored(task: Task[Any, Any, Any], record: Mapping[str, Any]) -> Finding:
    item = task.from_official(record)
    flags, reason = item.flags, _reason(task, item, record)
    return Finding(item.id, item.question, _passes(task, item), flags, item.verified, reason)


def _derived(task: Task[Any, Any, Any], record: Mapping[str, Any]) -> Finding:
    """The same for an item without stored answer: the answer that our solver finds stands in for it."""
    posed = task.read(record)
    flags = task.flaws(posed)
    bare = Item(record["id"], task.slug, record["question"], posed.answer, 0, posed.puzzle)
    answer = task.solve(bare)
    if answer is None or task.fault(posed.puzzle, answer):
        return Finding(
            bare.id, bare.question, False, (*flags, UNSOLVED), False, _meanings((*flags, UNSOLVED))
        )
    solved = Item(bare.id, task.slug, bare.question, answer, 0, posed.puzzle)
    return Finding(bare.id, bare.question, _passes(task, solved), flags, agree(flags), _meanings(flags))


def _reason(task: Task[Any, Any, Any], item: Item[Any, Any], record: Mapping[str, Any]) -> str:
    """The meaning of each flag, the broken rule where one is broken, and what a person found."""
    parts = [_meanings(item.flags)]
    if VIOLATES in item.flags:
        parts.append(f"the verifier says: {task.fault(item.data, item.answer)}")
    if not task.checked and not item.verified:
        found = review(record)
        parts.append(found.reason if found else "taken on trust: there are no rules to check it by")
    return "; ".join(filter(None, parts))


def _meanings(flags: Iterable[str]) -> str:
    return "; ".join(DEFECTS[flag].meaning for flag in flags)


def _passes(task: Task[Any, Any, Any], item: Item[Any, Any]) -> bool:
    try:
        reply = f"<<<{task.render(item.answer)}>>>"
    except UnreadableError:
        return False
    return task.score(item, reply, published=True).outcome is Outcome.CORRECT
