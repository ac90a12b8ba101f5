"""Write ``symbench.md`` (the introduction beside this file, and tables) and ``gallery.md`` (examples of all levels).

Run with ``python docs/gallery.py``; a test checks that the pages are current.
"""

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from codesteer.symbench import Task, tasks
from codesteer.symbench.audit import KNOWN, Known
from codesteer.symbench.defects import DEFECTS, shipped_audit

HERE = Path(__file__).parent
GALLERY = "gallery.md"
DISTINCT = HERE / "symbench.distinct.csv"
SEED = 1
LONGEST_QUESTION, LONGEST_ANSWER = 700, 160


def pages() -> dict[str, str]:
    """The texts of the two pages by their names."""
    intro = (HERE / "symbench.intro.md").read_text(encoding="utf-8")
    tables = (_table(), _distinct(), _official(), _flags())
    lines = [intro.rstrip(), *(line for part in tables for line in ("", *part))]
    return {"symbench.md": "\n".join(lines) + "\n", GALLERY: "\n".join(_gallery()) + "\n"}


def _table() -> Iterator[str]:
    yield "## The tasks"
    yield ""
    yield "| task | set | answer | levels |"
    yield "|---|---|---|--:|"
    for task in tasks():
        levels = str(len(task.levels)) if task.levels else "official only"
        kind = "seen" if task.seen else "unseen"
        yield f"| [{task.slug}]({GALLERY}#{task.slug}) | {kind} | {task.form} | {levels} |"


def _distinct() -> Iterator[str]:
    with DISTINCT.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    drawn, most = rows[0]["drawn"], max(int(row["questions"]) for row in rows)
    yield "## How many questions there are"
    yield ""
    yield f"Measured by drawing {drawn} items a level, half of them with seed 42 and half with seed 43. No two were"
    yield f"equal on the levels that are not listed here, which have at least {most:,} questions. The bounds are"
    yield "those of 97.5 % confidence, all splits together; a level may have many more. All rows:"
    yield f"[{DISTINCT.name}]({DISTINCT.name}), written by `benchmarks/symbench_distinct.py`."
    yield ""
    yield f"| task | level | questions, at least | distinct of {drawn} | shared by seeds 42 and 43 |"
    yield "|---|--:|--:|--:|--:|"
    for row in rows:
        if row["distinct"] != row["drawn"]:
            cells = (row["task"], row["level"], f"{int(row['questions']):,}", row["distinct"], row["shared"])
            yield f"| {' | '.join(cells)} |"


def _official() -> Iterator[str]:
    audited = shipped_audit()
    yield "## Defects of the official items"
    yield ""
    yield "Left, what was measured on all items of the reference's repository; right, what our audit found in the"
    yield f"{len(audited)} items that were at hand. 'Pass' counts the stored answers that the reference's own"
    yield "validator accepts."
    yield ""
    yield "| task | all: items | pass | distinct | flags | here: items | verified | flags |"
    yield "|---|--:|--:|--:|---|--:|--:|---|"
    for slug, known in KNOWN.items():
        here = [row for row in audited if row["task"] == slug]
        yield f"| {slug} | {_counts(known)} | {len(here)} | {sum(row['verified'] for row in here)} | {_flagged(here)} |"


def _counts(known: Known) -> str:
    return f"{known.items} | {known.passes} | {known.distinct} | {_listed(Counter(known.flags))}"


def _flagged(rows: list[dict[str, Any]]) -> str:
    return _listed(Counter(flag for row in rows for flag in row["flags"]))


def _listed(flags: Counter[str]) -> str:
    return ", ".join(f"{count} {flag.replace('_', ' ')}" for flag, count in sorted(flags.items()))


def _flags() -> Iterator[str]:
    yield "| flag | meaning | excludes from `verified` |"
    yield "|---|---|---|"
    for flag, defect in DEFECTS.items():
        yield f"| {flag} | {defect.meaning} | {'no' if defect.harmless else 'yes'} |"


def _gallery() -> Iterator[str]:
    yield "# Gallery of SymBench"
    yield ""
    yield f"The rules of every [task](symbench.md) and one generated item of every level, with seed {SEED}. Long"
    yield "ones are cut in their middle."
    for task in tasks():
        rules = (sys.modules[type(task).__module__].__doc__ or "").strip()
        yield f"\n## {task.slug}\n"
        yield rules
        for level in task.levels:
            yield from _example(task, level)


def _example(task: Task[Any, Any, Any], level: int) -> Iterator[str]:
    item = task.generate(SEED, level)
    yield f'\n<details markdown="1"><summary>level {level}</summary>\n'
    yield "````text"
    yield _cut(item.question, LONGEST_QUESTION)
    yield "````"
    yield f"\nAn answer: `{_cut(task.render(item.answer), LONGEST_ANSWER).replace(chr(10), ' ⏎ ')}`"
    yield "\n</details>"


def _cut(text: str, longest: int) -> str:
    """The text with its middle left out where it is too long, so that the format is always seen."""
    if len(text) <= longest:
        return text
    half = longest // 2
    return f"{text[:half].rstrip()} … [{len(text) - 2 * half} characters] … {text[-half:].lstrip()}"


if __name__ == "__main__":
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")
