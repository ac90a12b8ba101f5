"""How deep the symbolic checker has to look: ``python benchmarks/checker_depth.py``.

Compares three analyses on programs that the embedded model wrote: the abstract interpreter that codesteer had until
2026-11-29 (``deep``, stored verdicts), names that only constants reach (``names only``, stored verdicts), and the
present one (run now). Labels, given by reading each program, are in
``docs/results/2026-11-29-checker-labels.jsonl.gz``.
"""

import gzip
import json
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from math import comb
from pathlib import Path
from typing import Any

from codesteer.checkers.code_analysis import analyze_code
from codesteer.evals.intervals import wilson

DATA = Path(__file__).parents[1] / "docs/results/2026-11-29-checker-labels.jsonl.gz"
ANALYSES = ("deep", "names_only", "now")
PAIRS = (("deep", "now"), ("names_only", "now"), ("deep", "names_only"))
TARGETS: Mapping[str, tuple[str, ...]] = {
    "literal or mixed": ("literal", "mixed"),
    "literal": ("literal",),
}
RESAMPLES, SEED = 2000, 20261129
Row = dict[str, Any]


def main() -> None:
    """Print the four tables."""
    rows = load()
    labelled = [row for row in rows if "label" in row]
    print(
        f"{len(rows)} programs, {len(labelled)} labelled: {dict(Counter(row['label'] for row in labelled))}\n"
    )
    for target, labels in TARGETS.items():
        accuracy_table(labelled, rows, target, labels)
    agreement_table(rows)
    right_table(rows)
    findings_table(rows)


def load() -> list[Row]:
    """Read the programs, analyze them, and print how long that takes."""
    with gzip.open(DATA, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    times = []
    for row in rows:
        start = time.process_time()
        row["report"] = analyze_code(row["program"])
        times.append((time.process_time() - start) * 1000)
        row["now"] = row["report"].answer_origin
    p95 = statistics.quantiles(times, n=20)[-1]
    print(f"ms a program: median {statistics.median(times):.1f}, 95 % {p95:.1f}, most {max(times):.1f}")
    return rows


def accuracy_table(labelled: Sequence[Row], rows: Sequence[Row], target: str, labels: Sequence[str]) -> None:
    """Print how well ``literal`` finds the programs with one of the labels; F1 is weighted to all programs."""
    weigh(labelled, rows)
    print(f"| {target} | precision (95 %) | recall (95 %) | F1 | F1 of all programs (95 %) |")
    print("|---|--:|--:|--:|--:|")
    for name in ANALYSES:
        hits = sum(row[name] == "literal" and row["label"] in labels for row in labelled)
        said = sum(row[name] == "literal" for row in labelled)
        true = sum(row["label"] in labels for row in labelled)
        low, high = interval(labelled, partial(f1, name=name, labels=labels))
        shares = f"{share(hits, said)} | {share(hits, true)} | {2 * hits / (said + true):.2f}"
        weighted = f"{f1(labelled, name, labels):.2f} ({low:.2f} to {high:.2f})"
        print(f"| {name} | {shares} | {weighted} |")
    print("\n| right alone, and p | |\n|---|--:|")
    for one, other in PAIRS:
        print(f"| {one} : {other} | {versus(labelled, one, other, labels)} |")
    print()


def weigh(labelled: Sequence[Row], rows: Sequence[Row]) -> None:
    """Give each labelled program the number of programs that it stands for."""
    strata = Counter(row["stratum"] for row in labelled)
    others = [row for row in rows if "label" not in row]
    left = Counter("literal" if row["deep"] == "literal" else "random" for row in others)
    for row in labelled:
        row["weight"] = 1 + left[row["stratum"]] / strata[row["stratum"]]


def f1(rows: Iterable[Row], name: str, labels: Sequence[str]) -> float:
    """Return the weighted F1 of ``literal``."""
    hits = wrong = 0.0
    for row in rows:
        said, true = row[name] == "literal", row["label"] in labels
        hits += row["weight"] * (said and true)
        wrong += row["weight"] * (said != true)
    return 2 * hits / (2 * hits + wrong) if hits else 0.0


def interval(rows: Sequence[Row], figure: Callable[[Sequence[Row]], float]) -> tuple[float, float]:
    """Return a 95 % interval by a bootstrap within the strata."""
    names = sorted({row["stratum"] for row in rows})
    strata = {name: [row for row in rows if row["stratum"] == name] for name in names}
    rng = random.Random(SEED)
    figures = sorted(
        figure([row for group in strata.values() for row in rng.choices(group, k=len(group))])
        for _ in range(RESAMPLES)
    )
    return figures[int(0.025 * RESAMPLES)], figures[int(0.975 * RESAMPLES)]


def versus(rows: Sequence[Row], one: str, other: str, labels: Sequence[str]) -> str:
    """Return how many programs each of two analyses alone is right about, and McNemar's exact p."""
    right = {
        name: [(row[name] == "literal") == (row["label"] in labels) for row in rows] for name in (one, other)
    }
    pairs = Counter(zip(right[one], right[other], strict=True))
    alone, other_alone = pairs[True, False], pairs[False, True]
    total = alone + other_alone
    tail = sum(comb(total, k) for k in range(min(alone, other_alone) + 1)) / 2**total
    return f"{alone} : {other_alone}, {min(1.0, 2 * tail):.2f}"


def agreement_table(rows: Sequence[Row]) -> None:
    """Print how often the analyses say the same."""
    print("| same verdict | of all programs | on the literal bit |\n|---|--:|--:|")
    for one, other in PAIRS:
        same = sum(row[one] == row[other] for row in rows)
        bit = sum((row[one] == "literal") == (row[other] == "literal") for row in rows)
        print(f"| {one}, {other} | {100 * same / len(rows):.1f} % | {100 * bit / len(rows):.1f} % |")
    print()


def right_table(rows: Sequence[Row]) -> None:
    """Print how often a program is right, by what an analysis says."""
    known = [row for row in rows if row["right"] is not None]
    origins = ("computed", "mixed", "literal", "none")
    print(f"| right, of {len(known)} programs | {' | '.join(origins)} |\n|---|--:|--:|--:|--:|")
    for name in ANALYSES:
        cells = []
        for origin in origins:
            verdicts = [row["right"] for row in known if row[name] == origin]
            cells.append(f"{sum(verdicts)} of {len(verdicts)}: {share(sum(verdicts), len(verdicts))}")
        print(f"| {name} | {' | '.join(cells)} |")
    print()


def findings_table(rows: Sequence[Row]) -> None:
    """Print how many programs have each finding."""
    kinds = Counter(kind for row in rows for kind in {finding.kind for finding in row["report"].findings})
    print("findings:", ", ".join(f"{kind} {number}" for kind, number in kinds.most_common()))


def share(part: int, whole: int) -> str:
    """Return a share in percent with Wilson's interval."""
    found = wilson(part, whole)
    return f"{100 * found.value:.0f} % ({100 * found.low:.0f} to {100 * found.high:.0f})"


if __name__ == "__main__":
    main()
