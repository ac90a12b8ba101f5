"""How many questions each level of each task has to offer, and how many of them two seeds share.

Run: python benchmarks/symbench_distinct.py > docs/symbench.distinct.csv
For a new task: python benchmarks/symbench_distinct.py TASK >> docs/symbench.distinct.csv

Draws 300 items a level from each of the seeds 42 and 43, split ``test``, and writes a row a level: how many of the
600 questions are distinct, how many occur with both seeds, and how many questions the level has at least, all
splits together. That bound comes from how many pairs of draws coincide: n draws from S equally likely questions
make n(n-1)/2S coincidences on average, and c coincidences leave little doubt (2.5 % at most) that no more than
c + 2√c + 4 were to be expected. Where some questions are likelier than others, the bound is the lower for it. A split
has a third of the questions. The last column recognises the level's first question, so that a test notices a
table that is out of date.
"""

import csv
import hashlib
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from math import floor, log10, sqrt
from typing import Any

from codesteer.symbench import SPLITS, Task, load_task, tasks

ITEMS = 300
SEEDS = (42, 43)
COLUMNS = ("task", "level", "difficulty", "drawn", "distinct", "shared", "questions", "first")


def row(task: Task[Any, Any, Any], level: int) -> tuple[object, ...]:
    """Draw from one level and count."""
    one, other = (
        [task.generate(seed, level, index=index).question for index in range(ITEMS)] for seed in SEEDS
    )
    drawn = Counter(one + other)
    shared = len(set(one) & set(other))
    first = hashlib.sha256(one[0].encode()).hexdigest()[:12]
    difficulty = task.difficulties[level - 1]
    return task.slug, level, difficulty, 2 * ITEMS, len(drawn), shared, least(drawn), first


def least(drawn: Counter[str]) -> int:
    """How many questions there are at least in all splits, to two digits."""
    count = drawn.total()
    coincidences = sum(times * (times - 1) // 2 for times in drawn.values())
    expected = coincidences + 2 * sqrt(coincidences) + 4
    bound = len(SPLITS) * count * (count - 1) / 2 / expected
    unit = 10 ** (floor(log10(bound)) - 1)
    return int(bound // unit * unit)


def rows(chosen: Sequence[Task[Any, Any, Any]]) -> Iterator[tuple[object, ...]]:
    """Yield the row of every level of these tasks."""
    for task in chosen:
        for level in task.levels:
            yield row(task, level)


def main() -> None:
    """Write the table, or the rows of the tasks that are named."""
    table = csv.writer(sys.stdout, lineterminator="\n")
    named = [load_task(name) for name in sys.argv[1:]]
    if not named:
        table.writerow(COLUMNS)
    for line in rows(named or tasks()):
        table.writerow(line)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
