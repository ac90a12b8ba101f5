"""How long the symbolic checker takes: ``python benchmarks/checker.py``.

Joins the test programs, the realistic ones that models write, to programs of about 200 lines and times each. The
share of Python's own parser is shown beside it, because it tells how fast the machine is at the moment.
"""

import ast
import itertools
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from codesteer.checkers.code_analysis import analyze_code

PROGRAMS = Path(__file__).parents[1] / "tests/checkers/programs"
LINES = 200
ROUNDS = 60
BROKEN = {"truncated", "endless_while", "answer_chain"}


def joined_programs() -> list[str]:
    """Returns programs of about 200 lines, each a chain of different test programs."""
    waiting = [path.read_text() for path in sorted(PROGRAMS.glob("*.txt")) if path.stem not in BROKEN]
    joined, lines = [""], 0
    for text in waiting:
        if lines + text.count("\n") > LINES:
            joined.append("")
            lines = 0
        joined[-1] += text
        lines += text.count("\n")
    return joined[:-1]


def milliseconds(work: Callable[[str], object], program: str) -> list[float]:
    """Times one call again and again, in processor time because other jobs may share the machine."""
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work(program)
        times.append((time.process_time() - start) * 1000)
    return times


def main() -> None:
    """Prints a line for each program."""
    print(f"{'lines':>6} {'parser':>8} {'best':>8} {'median':>8}  (milliseconds)")
    medians = []
    for program in itertools.chain(joined_programs(), ("(" * 90_000, "x = 1\n" * 4_900)):
        whole = milliseconds(analyze_code, program)
        try:
            parser = min(milliseconds(ast.parse, program))
        except SyntaxError:
            parser = float("nan")
        lines, median = program.count("\n"), statistics.median(whole)
        print(f"{lines:6} {parser:8.2f} {min(whole):8.2f} {median:8.2f}")
        if lines <= LINES and lines:
            medians.append(median)
    print(f"mean of the medians of programs of about {LINES} lines: {statistics.mean(medians):.2f} ms")


if __name__ == "__main__":
    main()
