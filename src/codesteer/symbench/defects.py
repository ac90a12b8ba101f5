"""Defects of official items: what each flag means, and the results of the manual review."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

VIOLATES: Final = "stored_answer_violates_stated_rules"
REVIEWED_WRONG: Final = "stored_answer_wrong_on_review"
UNSOLVED: Final = "no_answer_found"


@dataclass(frozen=True, slots=True)
class Defect:
    """The meaning of a flag."""

    meaning: str
    harmless: bool = False
    """Whether question, rules and stored answer still agree."""


DEFECTS: Final[Mapping[str, Defect]] = {
    VIOLATES: Defect("the stored answer violates the rules stated in the question"),
    "no_answer_satisfies_stated_rules": Defect("no answer satisfies the rules stated in the question"),
    REVIEWED_WRONG: Defect("a reviewer solved the item and found the stored answer wrong"),
    UNSOLVED: Defect("no answer is stored, and our solver finds none"),
    "ambiguous_grouping": Defect("the question does not define the grouping of the operands, which matters"),
    "shown_board_already_equals_answer": Defect("the question shows the board after the moves, not before"),
    "literal_replay_gives_other_board": Defect(
        "replaying the moves on the board shown gives another board than the stored one"
    ),
    "round_robin_reading_gives_other_answer": Defect(
        "applying the rules in turn, also a valid reading, gives another answer"
    ),
    "one_at_a_time_reading_gives_other_answer": Defect(
        "applying each method once per pass, also a valid reading, gives another answer"
    ),
    "exhaustive_reading_gives_other_answer": Defect(
        "repeating each method while it applies, also a valid reading, gives another answer"
    ),
    "square_side_above_3": Defect("smaller squares inside the largest one also satisfy the question"),
    "start_cell_empty": Defect(
        "the cell of the tile to move is empty; the question does not define what happens"
    ),
    "non_letter_card": Defect("a card is not a letter, so its neighbours are undefined"),
    "multiple_solutions": Defect("several answers satisfy the rules", harmless=True),
    "reference_validator_rejects_correct_answer": Defect(
        "the official validator cannot read the right answer", harmless=True
    ),
    "initial_equals_goal": Defect(
        "there is nothing to do, and the official validator rejects an empty plan", harmless=True
    ),
}
"""The defects by flag."""


def all_harmless(flags: Iterable[str]) -> bool:
    """Whether an item with these flags still has a question, rules and stored answer that agree."""
    return all(DEFECTS[flag].harmless for flag in flags)


@dataclass(frozen=True, slots=True)
class Review:
    """A manual review of an official item whose task has no rules to check it by."""

    stored_answer: Literal["right", "wrong", "unclear"]
    """The stored answer as judged by the reviewer; unclear if the question makes no sense."""
    reason: str


def review(record: Mapping[str, Any]) -> Review | None:
    """Return the review of a record with this question and answer; None if there is none."""
    return _reviews().get(fingerprint(record))


def fingerprint(record: Mapping[str, Any]) -> str:
    """Return a hash that identifies a record by its question and stored target."""
    answer = record["answer"]
    target = answer.get("target") if isinstance(answer, Mapping) else answer
    return hashlib.sha256(f"{record['question'].strip()}\n{target}".encode()).hexdigest()[:24]


def shipped_audit() -> list[dict[str, Any]]:
    """Return the bundled findings of ``codesteer symbench audit`` on the official samples, one object per item."""
    return _rows("audit.jsonl")


@cache
def _reviews() -> Mapping[str, Review]:
    rows = _rows("reviewed.jsonl")
    return {row["fingerprint"]: Review(row["verdict"], row["reason"]) for row in rows}


def _rows(name: str) -> list[dict[str, Any]]:
    text = (files("codesteer.symbench") / "data" / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]
