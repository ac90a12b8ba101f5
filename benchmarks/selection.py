"""Which answer to select: the fixed order of preference, a plain vote, or a vote weighted by measured precision.

Run: python benchmarks/selection.py

Replays the selection on stored attempts at training items whose truth is known (the trees of 2026-11-23): of each
question's attempts with an answer, random subsets are drawn, and each rule selects from the same subset. An attempt's
weight is the log-odds that attempts of its kind are right, counted on the other tasks only: no task judges itself.
"""

import gzip
import json
import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from codesteer.checkers.answer_form import fits, same_answer
from codesteer.checkers.code_report import CodeCounts, CodeReport
from codesteer.checkers.question_choices import choices
from codesteer.graph.selection import best_turn
from codesteer.graph.state import Turn

FILE = Path(__file__).resolve().parent.parent / "docs/results/2026-11-23-trees.jsonl.gz"
SIZES, DRAWS, SEED = (2, 3, 5), 60, 1
PRIOR_RIGHT, PRIOR_ALL = 1.0, 3.0
"""Added to each count, so that a kind that was never right still has a weight."""
BASE_WEIGHT = 3.0
"""Added to each weight, so that an attempt of a bad kind never counts against its own answer."""


@dataclass(frozen=True, slots=True)
class Graded:
    """An attempt and whether it is right."""

    turn: Turn
    kind: str
    right: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A question and its attempts with an answer."""

    task: str
    text: str
    attempts: tuple[Graded, ...]


def read_questions() -> list[Question]:
    """Read the stored trees."""
    with gzip.open(FILE, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Question(row["item"]["task"], row["item"]["question"], tuple(_graded(row["item"]["question"], row)))
        for row in rows
    ]


def _graded(question: str, row: dict[str, Any]) -> Iterator[Graded]:
    adapter = TypeAdapter(Turn)
    for node in row["nodes"]:
        if node["turn"] is None or node["turn"]["answer"] is None:
            continue
        # The reports of that time have findings that no longer exist; only the origin of the answer counts here.
        stored = node["turn"]["code_report"]
        turn = adapter.validate_python({**node["turn"], "code_report": None, "answer_report": None})
        turn = replace(turn, code_report=_report(stored) if stored else None)
        yield Graded(turn, _kind(question, turn), node["outcome"] == "correct")


def _report(stored: dict[str, Any]) -> CodeReport:
    return CodeReport(answer_origin=stored["answer_origin"], complexity=0.0, findings=(), counts=CodeCounts())


def _kind(question: str, turn: Turn) -> str:
    if not fits(question, turn.answer or ""):
        return "without the form of the example"
    where = "a question with choices" if choices(question) else "an open question"
    if turn.program is None:
        return f"text, {where}"
    literal = turn.code_report is not None and turn.code_report.answer_origin == "literal"
    return f"{'program that prints a literal' if literal else 'program'}, {where}"


def precision_by_kind(questions: Sequence[Question]) -> dict[str, tuple[int, int]]:
    """Return how many attempts of each kind are right, and how many there are."""
    attempts = [attempt for question in questions for attempt in question.attempts]
    right, total = Counter(a.kind for a in attempts if a.right), Counter(a.kind for a in attempts)
    return {kind: (right[kind], total[kind]) for kind in sorted(total)}


def weights(questions: Sequence[Question]) -> dict[str, float]:
    """Return the weight of each kind of attempt."""
    rates = {
        kind: (right + PRIOR_RIGHT) / (total + PRIOR_ALL)
        for kind, (right, total) in precision_by_kind(questions).items()
    }
    return {kind: BASE_WEIGHT + math.log(rate / (1 - rate)) for kind, rate in rates.items()}


def select_by_order(question: Question, attempts: Sequence[Graded]) -> bool:
    """Return whether the library's own selection is right."""
    numbered = [replace(attempt.turn, number=number) for number, attempt in enumerate(attempts, 1)]
    best = best_turn(numbered, question.text)
    return best is not None and attempts[best.number - 1].right


def select_by_vote(attempts: Sequence[Graded], weight: dict[str, float] | None = None) -> bool:
    """Return whether the answer with most votes is right; without weights each attempt has one vote."""
    groups: list[list[Graded]] = []
    for attempt in attempts:
        answer = attempt.turn.answer or ""
        same = (group for group in groups if same_answer(group[0].turn.answer or "", answer))
        group = next(same, None)
        groups.append([attempt]) if group is None else group.append(attempt)
    votes = [sum(1.0 if weight is None else weight.get(a.kind, 0.0) for a in group) for group in groups]
    return groups[votes.index(max(votes))][0].right


def compare(questions: Sequence[Question], size: int) -> dict[str, float]:
    """Return the percentage of right selections of each rule, over all questions, also those without any answer."""
    generator, shares = random.Random(SEED), defaultdict[str, float](float)
    for question in questions:
        if not question.attempts:
            continue
        weight = weights([other for other in questions if other.task != question.task])
        for _ in range(DRAWS):
            drawn = generator.sample(question.attempts, min(size, len(question.attempts)))
            shares["order of preference"] += select_by_order(question, drawn)
            shares["weighted vote"] += select_by_vote(drawn, weight)
            shares["plain vote"] += select_by_vote(drawn)
            shares["any right"] += any(attempt.right for attempt in drawn)
    return {rule: 100 * share / DRAWS / len(questions) for rule, share in shares.items()}


def main() -> None:
    """Print both tables."""
    questions = read_questions()
    for kind, (right, total) in precision_by_kind(questions).items():
        print(f"{kind}: {right} of {total} right")
    for size in SIZES:
        shares = ", ".join(f"{rule} {share:.1f} %" for rule, share in compare(questions, size).items())
        print(f"{size} attempts: {shares}")


if __name__ == "__main__":
    main()
