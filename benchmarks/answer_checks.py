"""How often tested checks of answers are right: ``python benchmarks/answer_checks.py``.

Reads stored checks of the embedded model (docs/results/*-answer-checks.jsonl.gz): for each question the
check that it wrote, the answers of several runs with the truth, and what the check said of them and of their mutants.
Prints, by kind of check, how often ``confirmed`` and ``refuted`` were right, with 95 % intervals by Wilson. Answers
to a question that say the same count once.
"""

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from codesteer.checkers.answer_form import distinct_answers, fits, same_answer
from codesteer.checkers.check_function import Opinion
from codesteer.checkers.check_verdict import AnswerPanel, judge
from codesteer.checkers.question_choices import choices
from codesteer.checkers.stated_check import states_answer
from codesteer.evals.intervals import wilson
from codesteer.replies.question_data import read_data

CHECKS = sorted((Path(__file__).parents[1] / "docs/results").glob("*-answer-checks.jsonl.gz"))
UNCLEAR = "unclear"


def panel_of(row: dict[str, Any]) -> AnswerPanel:
    """Return the panel of a stored check, with answers that say the same only once."""
    distinct = distinct_answers(list(row["answers"]))
    return AnswerPanel(tuple(distinct), {answer: row["mutants"][answer] for answer in distinct})


def share(right: int, count: int) -> str:
    """Describe a share with its interval."""
    if not count:
        return "none"
    interval = wilson(right, count)
    return f"{right} of {count} ({interval.low:.0%} to {interval.high:.0%})"


def verdicts(row: dict[str, Any], panel: AnswerPanel, answer: str) -> Iterator[tuple[str, str]]:
    """Yield the verdicts on an answer: of the check, of the form, and of both if only checks that compute count."""
    opinions = {name: Opinion(accepted) for name, accepted in (row["accepted"] or {}).items()}
    verdict = judge(answer, panel, opinions).verdict.value if opinions else UNCLEAR
    yield row["kind"], verdict
    if not fits(row["question"], answer):
        yield "form", UNCLEAR if choices(row["question"]) else "refuted"
        return
    yield "form", UNCLEAR
    states = states_answer(row["check"], ("QUESTION", *read_data(row["question"])))
    yield f"{row['kind']}, computing, form right", UNCLEAR if states else verdict


def main() -> None:
    """Print a line for each kind of check, and one for the form of the answer."""
    rows = [json.loads(line) for file in CHECKS for line in gzip.decompress(file.read_bytes()).splitlines()]
    counts: dict[str, Counter[tuple[str, bool]]] = defaultdict(Counter)
    judged: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        panel = panel_of(row)
        for answer in panel.answers:
            for kind, verdict in verdicts(row, panel, answer):
                earlier = judged[kind, row["item"]]
                if not any(same_answer(answer, other) for other in earlier):
                    earlier.append(answer)
                    counts[kind][verdict, row["answers"][answer]] += 1
    print("| check | answers | confirmed, right | refuted, wrong | with a verdict |\n|---|--:|--:|--:|--:|")
    for kind, found in counts.items():
        confirmed = found["confirmed", True], found["confirmed", True] + found["confirmed", False]
        refuted = found["refuted", False], found["refuted", True] + found["refuted", False]
        clear = (confirmed[1] + refuted[1]) / found.total()
        print(f"| {kind} | {found.total()} | {share(*confirmed)} | {share(*refuted)} | {clear:.0%} |")


if __name__ == "__main__":
    main()
