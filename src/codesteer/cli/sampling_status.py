"""Print the state of a sampling of trajectories."""

from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from codesteer.training.sampling_status import SamplingStatus, sampling_status


def print_sampling_status(folder: Path, margin: float) -> None:
    """Print what a folder of trajectories holds and lacks; raises ConfigurationError if it holds none."""
    status = sampling_status(folder, margin)
    console = Console()
    console.print(_tasks(status))
    for line in _lines(status, margin):
        console.print(line, highlight=False, markup=False)


def _tasks(status: SamplingStatus) -> Table:
    table = Table("task", title="What each task contributes")
    for name in ("levels", "questions", "all right", "none right", "conversations", "pairs", "of all pairs"):
        table.add_column(name, justify="right")
    for one in status.tasks:
        share = f"{one.pairs / status.pairs:.0%}" if status.pairs else "–"
        levels = ", ".join(map(str, one.levels))
        figures = (one.questions, one.all_right, one.none_right, one.conversations, one.pairs)
        table.add_row(one.task, levels, *map(str, figures), share)
    return table


def _lines(status: SamplingStatus, margin: float) -> list[str]:
    left = status.total - status.questions
    pace = f", about {status.hours_left:.1f} hours one after another" if left and status.questions else ""
    return [
        f"questions: {status.questions} of {status.total}{pace}",
        f"successful conversations: {status.conversations} ({_listed(status.first_choices)} first; "
        f"turns: {_listed(status.turns)})",
        f"pairs with a margin of {margin:g}: {status.pairs} ({_listed(status.preferences)})",
    ]


def _listed(counts: Mapping[str, int] | Mapping[int, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counts.items()) or "none"
