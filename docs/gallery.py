"""Write ``docs/symbench.md``: the introduction beside this file, and one example of every task and level.

Run with ``python docs/gallery.py``; a test checks that the page is current.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from codesteer.symbench import Task, tasks

HERE = Path(__file__).parent
PAGE = HERE / "symbench.md"
SEED = 1
LONGEST_QUESTION, LONGEST_ANSWER = 700, 160


def page() -> str:
    """The whole page."""
    intro = (HERE / "symbench.intro.md").read_text(encoding="utf-8")
    return "\n".join([intro.rstrip(), "", *_table(), "", *_gallery()]) + "\n"


def _table() -> Iterator[str]:
    yield "## The tasks"
    yield ""
    yield "| task | set | answer | levels |"
    yield "|---|---|---|--:|"
    for task in tasks():
        levels = str(len(task.levels)) if task.levels else "official only"
        kind = "seen" if task.seen else "unseen"
        yield f"| [{task.slug}](#{task.slug}) | {kind} | {task.form} | {levels} |"


def _gallery() -> Iterator[str]:
    yield "## Gallery"
    for task in tasks():
        rules = (sys.modules[type(task).__module__].__doc__ or "").strip()
        yield f"\n### {task.slug}\n"
        yield rules
        for level in task.levels:
            yield from _example(task, level)


def _example(task: Task[Any, Any, Any], level: int) -> Iterator[str]:
    item = task.generate(SEED, level)
    yield f"\n<details><summary>level {level}</summary>\n"
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
    PAGE.write_text(page(), encoding="utf-8")
