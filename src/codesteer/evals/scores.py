"""Success rates, the paper's normalised score, and the paper's own table."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

from codesteer.evals.intervals import COPY_SEPARATOR, OutcomesByTask

PAPER_COLUMNS: Mapping[str, str] = {
    "only_question": "GPT-4o, only question",
    "all_code_cot": "GPT-4o, code + CoT",
    "code_interpreter": "GPT-4o, code interpreter",
    "gpt4o_codesteer": "GPT-4o, CodeSteer",
}
"""Columns of the paper's main table that reports show beside ours."""


def rate(outcomes: Sequence[bool]) -> float:
    """Return the share of successes; 0 if there are no outcomes."""
    return sum(outcomes) / len(outcomes) if outcomes else 0.0


def average(table: OutcomesByTask) -> float:
    """Return the mean of the tasks' success rates, in percent."""
    return 100 * sum(map(rate, table.values())) / len(table) if table else 0.0


def scorable(table: OutcomesByTask, maxima: Mapping[str, float]) -> dict[str, Sequence[bool]]:
    """Return the part of a table that has a normalised score: tasks with outcomes and a best rate above 0."""
    return {
        task: outcomes
        for task, outcomes in table.items()
        if outcomes and maxima.get(_original(task), 0.0) > 0
    }


def normalised(table: OutcomesByTask, maxima: Mapping[str, float]) -> float | None:
    """Return the paper's average normalised score: each task's rate over its best rate, times 100, averaged.

    Tasks whose best rate is 0 or unknown have no normalised score and are left out; None if none is left.

    Args:
        table: outcomes by task, or a resample of them.
        maxima: best rates by task, from 0 to 1.
    """
    usable = scorable(table, maxima)
    return normalised_rates(usable, maxima) if usable else None


def normalised_rates(table: OutcomesByTask, maxima: Mapping[str, float]) -> float:
    """Return the average normalised score of a table of which every task has one; see ``scorable``."""
    return (
        100 * sum(rate(outcomes) / maxima[_original(task)] for task, outcomes in table.items()) / len(table)
    )


def _original(task: str) -> str:
    """Return the name of a task in a resample, in which the names have a number."""
    return task.partition(COPY_SEPARATOR)[0]


@lru_cache(maxsize=1)
def paper_rates() -> Mapping[str, Mapping[str, float]]:
    """Return the paper's main table (Chen et al., ICML 2025): success rates by task and column, from 0 to 1."""
    import csv

    text = files("codesteer.evals").joinpath("paper_table.csv").read_text(encoding="utf-8")
    rows = [row for row in csv.DictReader(text.splitlines()) if row["seen"] != "summary"]
    return {row["task_slug"]: {name: float(row[name]) / 100 for name in list(row)[2:]} for row in rows}


def paper_best_rates() -> dict[str, float]:
    """Return the best rate of the paper's 13 methods, by task, from 0 to 1."""
    return {task: max(rates.values()) for task, rates in paper_rates().items()}
