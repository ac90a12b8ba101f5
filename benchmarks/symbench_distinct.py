"""How many distinct questions the levels of each task offer.

Run: python benchmarks/symbench_distinct.py [ITEMS]

Draws so many items a level (default 300) from each of two seeds and prints a line a task: for each level the share
of distinct questions among the items of one seed, and how many questions the two seeds have in common. 100 % and 0
mean that the level has far more questions than were drawn.
"""

import sys
from typing import Any

from codesteer.symbench import Task, tasks

ITEMS = 300
SEEDS = (42, 43)


def questions(task: Task[Any, Any, Any], level: int, seed: int, items: int) -> set[str]:
    """Draw items of one stream."""
    return {task.generate(seed, level, index=index).question for index in range(items)}


def line(task: Task[Any, Any, Any], items: int) -> str:
    """Describe the levels of one task."""
    cells = []
    for level in task.levels:
        one, other = (questions(task, level, seed, items) for seed in SEEDS)
        cells.append(f"{len(one) / items:.0%}/{len(one & other)}")
    return f"{task.slug:32} " + "  ".join(cells)


def main() -> None:
    """Print a line for each task that has a generator."""
    items = int(sys.argv[1]) if len(sys.argv) > 1 else ITEMS
    print(f"{items} items a level: distinct questions of one seed / questions shared by seeds {SEEDS}")
    for task in tasks():
        if task.levels:
            print(line(task, items), flush=True)


if __name__ == "__main__":
    main()
