"""Rates, normalised scores and their intervals; pure functions of verdicts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from math import sqrt

RESAMPLES = 2000
SEED = 20260101
Z95 = 1.959964
PAPER_COLUMNS: Mapping[str, str] = {
    "only_question": "GPT-4o, only question",
    "all_code_cot": "GPT-4o, code + CoT",
    "code_interpreter": "GPT-4o, code interpreter",
    "gpt4o_codesteer": "GPT-4o, CodeSteer",
}
"""Columns of the paper's main table that stand beside ours."""
Table = Mapping[str, Sequence[bool]]
"""A method's verdicts by task, the items in the same order for every method."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


def wilson(successes: int, trials: int) -> Interval:
    """A success rate with Wilson's score interval; 0 with the whole range where nothing was tried."""
    if not trials:
        return Interval(0.0, 0.0, 1.0)
    rate, spread = successes / trials, Z95 * Z95 / trials
    centre = (rate + spread / 2) / (1 + spread)
    half = Z95 * sqrt(rate * (1 - rate) / trials + spread / (4 * trials)) / (1 + spread)
    return Interval(rate, max(0.0, centre - half), min(1.0, centre + half))


def normalised(table: Table, maxima: Mapping[str, float]) -> float:
    """The paper's average normalised score: each task's rate over that task's best rate, times 100, averaged.

    Tasks whose best rate is 0 have no normalised score and are left out; 0 where none is left.

    Args:
        table: verdicts by task.
        maxima: best rates by task, from 0 to 1.
    """
    usable = [task for task, verdicts in table.items() if verdicts and maxima.get(task, 0.0) > 0]
    if not usable:
        return 0.0
    return 100 * sum(rate(table[task]) / maxima[task] for task in usable) / len(usable)


def rate(verdicts: Sequence[bool]) -> float:
    """The share of successes; 0 of nothing."""
    return sum(verdicts) / len(verdicts) if verdicts else 0.0


def average(table: Table) -> float:
    """The mean of the tasks' success rates, in percent."""
    return 100 * sum(map(rate, table.values())) / len(table) if table else 0.0


def own_maxima(tables: Sequence[Table]) -> dict[str, float]:
    """Best rates by task within a run."""
    names = {task for table in tables for task in table}
    return {task: max(rate(table.get(task, ())) for table in tables) for task in names}


def with_interval(table: Table, figure: Callable[[Table], float]) -> Interval:
    """A figure of a table with its bootstrap interval."""
    return difference(table, {task: [] for task in table}, lambda one, _: figure(one))


def difference(
    one: Table, other: Table, figure: Callable[[Table, Table], float], resamples: int = RESAMPLES
) -> Interval:
    """A paired figure of two methods with its interval, by a bootstrap in two stages.

    Tasks are drawn with replacement, then items within each drawn task; both methods keep their verdicts on
    the same items. The interval therefore covers the choice of tasks as well as that of items. Same tables,
    same interval: the random numbers are seeded.
    """
    from numpy import percentile
    from numpy.random import default_rng

    random, names = default_rng(SEED), sorted(one)
    figures = []
    for _ in range(resamples):
        drawn_one: dict[str, Sequence[bool]] = {}
        drawn_other: dict[str, Sequence[bool]] = {}
        for copy, index in enumerate(random.integers(len(names), size=len(names))):
            name = names[index]
            size = len(one[name])
            places: list[int] = random.integers(size, size=size).tolist() if size else []
            key = f"{name}{SEPARATOR}{copy}"
            drawn_one[key] = [one[name][place] for place in places]
            drawn_other[key] = [other[name][place] for place in places] if other[name] else []
        figures.append(figure(drawn_one, drawn_other))
    low, high = percentile(figures, [2.5, 97.5])
    return Interval(figure(one, other), float(low), float(high))


SEPARATOR = "#"
"""Between a task's name and the number of its copy in a resample."""


@lru_cache(maxsize=1)
def paper() -> Mapping[str, Mapping[str, float]]:
    """The paper's main table (Chen et al., ICML 2025): success rates by task and column, from 0 to 1."""
    import csv

    text = files("codesteer.evals").joinpath("published.csv").read_text(encoding="utf-8")
    rows = [row for row in csv.DictReader(text.splitlines()) if row["seen"] != "summary"]
    return {row["task_slug"]: {name: float(row[name]) / 100 for name in list(row)[2:]} for row in rows}


def paper_maxima() -> dict[str, float]:
    """The best of the paper's 13 methods by task, from 0 to 1."""
    return {task: max(rates.values()) for task, rates in paper().items()}
