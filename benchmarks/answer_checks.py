"""How often tested checks of answers are right: ``python benchmarks/answer_checks.py``.

Reads stored checks of the embedded model (docs/results/2026-11-30-answer-checks.jsonl.gz): for each question the
check that it wrote, the answers of several runs with the truth, and what the check said of them and of their mutants.
Prints, by kind of check, how often ``confirmed`` and ``refuted`` were right, with 95 % intervals by Wilson. Answers
that say the same count once.
"""

import gzip
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from codesteer.checkers.answer_form import distinct_answers, fits
from codesteer.checkers.check_function import Opinion
from codesteer.checkers.check_verdict import AnswerPanel, judge
from codesteer.checkers.question_choices import choices
from codesteer.evals.intervals import wilson

CHECKS = Path(__file__).parents[1] / "docs/results/2026-11-30-answer-checks.jsonl.gz"


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


def main() -> None:
    """Print a line for each kind of check, and one for the form of the answer."""
    rows = [json.loads(line) for line in gzip.decompress(CHECKS.read_bytes()).splitlines()]
    counts: dict[str, Counter[tuple[str, bool]]] = defaultdict(Counter)
    seen: set[tuple[str, str]] = set()
    for row in rows:
        panel = panel_of(row)
        opinions = {answer: Opinion(accepted) for answer, accepted in (row["accepted"] or {}).items()}
        for answer in panel.answers:
            verdict = judge(answer, panel, opinions).verdict.value if opinions else "unclear"
            counts[row["kind"]][verdict, row["answers"][answer]] += 1
            if (row["item"], answer) not in seen and choices(row["question"]) is None:
                seen.add((row["item"], answer))
                form = "unclear" if fits(row["question"], answer) else "refuted"
                counts["form"][form, row["answers"][answer]] += 1
    print("| check | answers | confirmed, right | refuted, wrong | with a verdict |\n|---|--:|--:|--:|--:|")
    for kind, found in counts.items():
        confirmed = found["confirmed", True], found["confirmed", True] + found["confirmed", False]
        refuted = found["refuted", False], found["refuted", True] + found["refuted", False]
        verdicts = (confirmed[1] + refuted[1]) / found.total()
        print(f"| {kind} | {found.total()} | {share(*confirmed)} | {share(*refuted)} | {verdicts:.0%} |")


if __name__ == "__main__":
    main()
