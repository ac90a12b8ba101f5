"""What can be wrong with an official item: the meaning of its flags, and what a person found by reading it."""

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
    """What a flag means."""

    meaning: str
    harmless: bool = False
    """Whether question, rules and stored answer agree all the same."""


DEFECTS: Final[Mapping[str, Defect]] = {
    VIOLATES: Defect("the stored answer breaks the rules that the question states"),
    "no_answer_satisfies_stated_rules": Defect("no answer keeps the rules that the question states"),
    REVIEWED_WRONG: Defect("a person worked it out and found the stored answer wrong"),
    UNSOLVED: Defect("no answer is stored, and our solver finds none"),
    "ambiguous_grouping": Defect("the question does not say how to group the operands, and it matters"),
    "shown_board_already_equals_answer": Defect("the question shows the board after the moves, not before"),
    "literal_replay_gives_other_board": Defect("the moves lead from the board shown to another than stored"),
    "round_robin_reading_gives_other_answer": Defect(
        "taking the rules in turn, also a reading, ends otherwise"
    ),
    "one_at_a_time_reading_gives_other_answer": Defect(
        "applying each method once a cycle, also a reading, ends otherwise"
    ),
    "exhaustive_reading_gives_other_answer": Defect(
        "repeating each method while it is possible, also a reading, ends otherwise"
    ),
    "square_side_above_3": Defect("smaller squares inside the largest one fit the question too"),
    "start_cell_empty": Defect("the tile that is to move is not there; what happens then is not said"),
    "non_letter_card": Defect("a card is not a letter, so that the cards next to it are anyone's guess"),
    "multiple_solutions": Defect("several answers keep the rules", harmless=True),
    "reference_validator_rejects_correct_answer": Defect(
        "the reference's validator cannot read the right answer", harmless=True
    ),
    "initial_equals_goal": Defect(
        "there is nothing to do, and the reference's validator rejects an empty plan", harmless=True
    ),
}
"""By flag."""


def agree(flags: Iterable[str]) -> bool:
    """Whether an item with these flags has a question, rules and a stored answer that agree."""
    return all(DEFECTS[flag].harmless for flag in flags)


@dataclass(frozen=True, slots=True)
class Review:
    """What a person found who worked out an official item whose task has no rules to check it by."""

    verdict: Literal["right", "wrong", "unclear"]
    """On the stored answer; unclear where the question itself makes no sense."""
    reason: str


def review(record: Mapping[str, Any]) -> Review | None:
    """What was found about this very question with this very answer, wherever the record was read from."""
    return _reviews().get(fingerprint(record))


def fingerprint(record: Mapping[str, Any]) -> str:
    """What recognises a record by its question and stored target."""
    answer = record["answer"]
    target = answer.get("target") if isinstance(answer, Mapping) else answer
    return hashlib.sha256(f"{record['question'].strip()}\n{target}".encode()).hexdigest()[:24]


def shipped_audit() -> list[dict[str, Any]]:
    """What ``codesteer symbench audit`` found about the official items that were at hand, an object an item."""
    return _rows("audit.jsonl")


@cache
def _reviews() -> Mapping[str, Review]:
    rows = _rows("reviewed.jsonl")
    return {row["fingerprint"]: Review(row["verdict"], row["reason"]) for row in rows}


def _rows(name: str) -> list[dict[str, Any]]:
    text = (files("codesteer.symbench") / "data" / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]
