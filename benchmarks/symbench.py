"""How fast SymBench poses and scores: 100 items of level 3 a task, each scored once.

Run with ``python benchmarks/symbench.py``; times are CPU time of one core.
"""

import time

from codesteer.symbench import Outcome, tasks

COUNT = 100


def main() -> None:
    """Measure all tasks and print one line each."""
    posing = scoring = 0.0
    for task in tasks():
        if not task.levels:
            continue
        level = min(3, task.levels[-1])
        start = time.process_time()
        items = [task.generate(9, level, index=index) for index in range(COUNT)]
        solved = time.process_time()
        replies = [f"<<<{task.format_answer(item.answer)}>>>" for item in items]
        rendered = time.process_time()
        scores = [task.score(item, reply) for item, reply in zip(items, replies, strict=True)]
        scored = time.process_time()
        assert all(score.outcome is Outcome.CORRECT for score in scores)
        posing += solved - start
        scoring += scored - rendered
        print(
            f"{task.slug:32s} poses in {(solved - start) / COUNT * 1e3:7.2f} ms, "
            f"scores in {(scored - rendered) / COUNT * 1e6:6.0f} µs"
        )
    print(f"all: posed in {posing:.1f} s, {COUNT * len(tasks()) / scoring:,.0f} scores a second")


if __name__ == "__main__":
    main()
