"""A page of statistics on the SFT data and the trajectories it was selected from."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from codesteer.training.conversations import Conversation
from codesteer.training.plots import save_bars
from codesteer.training.trajectories import count_trees
from codesteer.training.tree import Tree, is_correct

PAGE = "statistics.md"


def write_statistics(folder: Path, trees: Sequence[Tree], kept: Sequence[Conversation]) -> None:
    """Write ``statistics.md`` and its plots.

    Args:
        folder: the output folder.
        trees: all trajectories.
        kept: the selected conversations.
    """
    plots: dict[str, tuple[str, Callable[[Conversation], str]]] = {
        "tasks.svg": ("Conversations by task", lambda one: one.task),
        "turns.svg": ("Conversations by number of guidance turns", lambda one: str(one.turns)),
    }
    for name, (title, key) in plots.items():
        save_bars(folder / name, _counted(kept, key), x="kind", colour="first choice", title=title)
    save_bars(folder / "runs.svg", _runs(trees), x="kind", colour="outcome", title="All sampled runs by task")
    lines = ["# Statistics", "", *_table(trees, kept), ""]
    lines += [f"![{name}]({name})" for name in (*plots, "runs.svg")]
    (folder / PAGE).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _counted(kept: Sequence[Conversation], key: Callable[[Conversation], str]) -> list[dict[str, Any]]:
    numbers = Counter((key(one), one.first_choice) for one in kept)
    return [
        {"kind": kind, "first choice": choice, "number": number}
        for (kind, choice), number in sorted(numbers.items())
    ]


def _runs(trees: Sequence[Tree]) -> list[dict[str, Any]]:
    numbers = Counter(
        (tree.task, "right" if is_correct(leaf) else "wrong") for tree in trees for leaf in tree.leaves()
    )
    return [
        {"kind": task, "outcome": outcome, "number": number}
        for (task, outcome), number in sorted(numbers.items())
    ]


def _table(trees: Sequence[Tree], kept: Sequence[Conversation]) -> list[str]:
    counts = count_trees(trees)
    facts = {
        "Questions": counts["questions"],
        "Solved questions": counts["solved questions"],
        "Runs": counts["leaves"],
        "Runs with a right answer": counts["correct leaves"],
        "Selected conversations": len(kept),
        "Guidance turns in these": sum(one.turns for one in kept),
        "Selected, text first": sum(one.first_choice == "text" for one in kept),
        "Selected, code first": sum(one.first_choice == "code" for one in kept),
    }
    return ["| what | number |", "|---|--:|", *(f"| {name} | {number} |" for name, number in facts.items())]
