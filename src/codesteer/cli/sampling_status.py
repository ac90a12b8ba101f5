"""Print the state of a sampling of trajectories."""

from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table

from codesteer.training.sampling_status import SamplingStatus, sampling_status


def print_sampling_status(folder: Path, margin: float) -> None:
    """Print what a folder of trajectories holds and lacks; raises ConfigurationError if it holds none."""
    status = sampling_status(folder, margin)
    console = Console()
    console.print(_tasks(status))
    for line in _lines(status, margin):
        console.print(line, highlight=False, markup=False)


def _tasks(status: SamplingStatus) -> Table:
    table = Table(Column("task", overflow="fold"))
    for name in ("levels", "asked", "all", "none", "right runs", "pairs", "share"):
        table.add_column(name, justify="right", overflow="fold")
    for one in status.tasks:
        share = f"{one.pairs / status.pairs:.0%}" if status.pairs else "–"
        levels = ", ".join(map(str, one.levels))
        figures = (one.questions, one.all_right, one.none_right, one.conversations, one.pairs)
        table.add_row(one.task, levels, *map(str, figures), share)
    return table


def _lines(status: SamplingStatus, margin: float) -> list[str]:
    left = status.total - status.questions
    pace = (
        f", about {_duration(status.hours_left)} left, one after another" if left and status.questions else ""
    )
    return [
        "all, none: questions that every branch or no branch solves; share: of all pairs",
        f"questions: {status.questions} of {status.total}{pace}",
        f"successful conversations: {status.conversations} ({_listed(status.first_choices)} first; "
        f"turns: {_listed(status.turns)})",
        f"pairs with a margin of {margin:g}: {status.pairs} ({_listed(status.preferences)})",
    ]


def _duration(hours: float) -> str:
    return f"{hours:.1f} hours" if hours >= 1 else f"{60 * hours:.0f} minutes"


def _listed(counts: Mapping[str, int] | Mapping[int, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counts.items()) or "none"
