"""How much could guidance gain with this task model? ``python benchmarks/guidance_headroom.py``.

Reads stored runs of the embedded model whose truth is known, and prints for each set of ways to answer the same
questions: how often the best single way is right, how often any of them is, and on how many questions a choice between
them matters (some right, some wrong). A guide that always chose right would reach "any", so the difference is what a
guide can gain over always doing the same. The last column is the number of paired problems that would show half of it
(two-sided 5 %, power 80 %).
"""

import gzip
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist
from typing import Any

from codesteer.evals.intervals import wilson

RESULTS = Path(__file__).resolve().parent.parent / "docs/results"
PERFECT = "best path"
"""The way of a guide that knows the answer."""
SIGNIFICANCE, POWER = 0.05, 0.8
Outcomes = Mapping[str, Mapping[str, bool]]
"""Whether a way to answer was right, by question and way."""


@dataclass(frozen=True, slots=True)
class Headroom:
    """What the choice between ways to answer is worth on a set of questions."""

    questions: int
    best: str
    best_right: int
    any_right: int
    matters: int
    """Questions that some ways answer right and others wrong."""

    @property
    def gain(self) -> float:
        """The share of the questions that a perfect choice adds to the best single way."""
        return (self.any_right - self.best_right) / self.questions


def headroom(outcomes: Outcomes) -> Headroom:
    """Compare the ways on the questions that all of them answered."""
    ways = sorted({way for by_way in outcomes.values() for way in by_way})
    shared = [by_way for by_way in outcomes.values() if len(by_way) == len(ways)]
    right = {way: sum(by_way[way] for by_way in shared) for way in ways}
    best = max((way for way in ways if way != PERFECT), key=lambda way: right[way])
    any_right = sum(any(by_way.values()) for by_way in shared)
    return Headroom(
        questions=len(shared),
        best=best,
        best_right=right[best],
        any_right=any_right,
        matters=any_right - sum(all(by_way.values()) for by_way in shared),
    )


def problems_to_show(difference: float, discordant: float) -> int:
    """Return the paired problems that show a difference between two methods (McNemar's test, Connor 1987).

    Args:
        difference: how much larger the share that one method solves is.
        discordant: the share of the problems that exactly one of the two solves; at least ``difference``.
    """
    quantile = NormalDist().inv_cdf
    significance, power = quantile(1 - SIGNIFICANCE / 2), quantile(POWER)
    spread = significance * math.sqrt(discordant) + power * math.sqrt(discordant - difference**2)
    return math.ceil((spread / difference) ** 2)


def first_decisions() -> Outcomes:
    """Return whether the first attempt in code and in text was right, from the trees."""
    return {
        tree["item"]["id"]: {
            node["decision"]["mode"]: node["outcome"] == "correct"
            for node in tree["nodes"]
            if "." not in node["id"] and node["turn"] is not None
        }
        for tree in rows("2026-11-23-trees")
    }


def paths() -> Outcomes:
    """Return whether the rules' path through a tree ends with the right answer, and whether any path does."""
    outcomes: dict[str, dict[str, bool]] = {}
    for tree in rows("2026-11-23-trees"):
        ends = {node["id"]: node["leaf"]["outcome"] == "correct" for node in tree["nodes"] if node["leaf"]}
        steps = {node["id"] for node in tree["nodes"] if "rules" in node["proposers"]}
        by_rules = [right for end, right in ends.items() if all(step in steps for step in prefixes(end))]
        outcomes[tree["item"]["id"]] = {"rules": any(by_rules), PERFECT: any(ends.values())}
    return outcomes


def divided_trees() -> int:
    """Return how many trees have paths that end right and paths that end wrong."""
    ends = (
        {node["leaf"]["outcome"] == "correct" for node in tree["nodes"] if node["leaf"]}
        for tree in rows("2026-11-23-trees")
    )
    return sum(len(outcomes) == 2 for outcomes in ends)


def attempts_by_guide() -> Mapping[str, tuple[int, int, int]]:
    """Return for each guide of the unseen tasks: problems, solved, with a right attempt."""
    counts: dict[str, tuple[int, int, int]] = {}
    for row in rows("2026-11-23-unseen-guides"):
        guide = row["method"].rpartition(":" if row["method"].endswith("rules") else "#")[2]
        problems, solved, right = counts.get(guide, (0, 0, 0))
        is_right = row["strict"] == "correct"
        counts[guide] = (problems + 1, solved + is_right, right + (is_right or any(row["turns_right"])))
    return counts


def prefixes(node: str) -> list[str]:
    """Return the ids on the way to a node: 0, 0.1, 0.1.0."""
    parts = node.split(".")
    return [".".join(parts[: length + 1]) for length in range(len(parts))]


def by_method(name: str, methods: Mapping[str, str]) -> Outcomes:
    """Return whether methods were right, from stored outcomes; a method is known by the end of its name."""
    outcomes: dict[str, dict[str, bool]] = {}
    for row in rows(name):
        for ending, label in methods.items():
            if row["method"].endswith(ending):
                outcomes.setdefault(row["item"], {})[label] = row["strict"] == "correct"
    return outcomes


def wordings() -> Outcomes:
    """Return whether the first program of each wording was right."""
    outcomes: dict[str, dict[str, bool]] = {}
    for row in rows("2026-12-01-generation"):
        if row["attempt"] == 0 and row["arm"] in ("plain", "outline", "comments"):
            outcomes.setdefault(row["item"], {})[row["arm"]] = row["outcome"] == "right"
    return outcomes


def rows(name: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of a stored result."""
    with gzip.open(RESULTS / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def main() -> None:
    """Print the table."""
    official = {"question": "`question`", "code": "`code`", "steer:rules": "`steer`"}
    guides = {"rules": "rules", "#untrained": "untrained", "#sft": "SFT", "#dpo": "DPO 0.5", "#dpo2": "DPO 2"}
    sets = {
        "first attempt: code or text (trees)": first_decisions(),
        "all paths of at most three turns (trees)": paths(),
        "`question` or `code` (official)": by_method("2026-11-23-official", dict(list(official.items())[:2])),
        "`question`, `code` or `steer` (official)": by_method("2026-11-23-official", official),
        "five guides, unseen tasks (official)": by_method("2026-11-23-unseen-guides", guides),
        "three wordings of one request (development)": wordings(),
    }
    print(
        "| choice between | questions | best single | right (95 %) | any right | choice matters | n for half |"
    )
    print("|---|--:|---|--:|--:|--:|--:|")
    for name, outcomes in sets.items():
        found = headroom(outcomes)
        interval = wilson(found.best_right, found.questions)
        half = found.gain / 2
        needed = problems_to_show(half, max(half, found.matters / found.questions / 2)) if half else "–"
        print(
            f"| {name} | {found.questions} | {found.best}"
            f" | {found.best_right} ({interval.low:.0%} to {interval.high:.0%}) | {found.any_right}"
            f" | {found.matters} ({found.matters / found.questions:.0%}) | {needed} |"
        )
    print(f"\n{divided_trees()} of the trees have right and wrong paths\n")
    print("| guide | problems | solved | with a right attempt |\n|---|--:|--:|--:|")
    for guide, (problems, solved, right) in attempts_by_guide().items():
        print(f"| {guide} | {problems} | {solved} | {right} |")


if __name__ == "__main__":
    main()
