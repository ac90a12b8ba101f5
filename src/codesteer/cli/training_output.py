"""What the commands of ``codesteer train`` print."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from codesteer.cli.progress import ProgressDisplay
from codesteer.training.processes import is_main_process

if TYPE_CHECKING:
    from codesteer.training.artefact import Card

Out = Annotated[Path, typer.Option(file_okay=False, help="Output folder.")]


def print_progress(line: str) -> None:
    """Print a line of progress, once for all processes of a training."""
    if not is_main_process():
        return
    Console(stderr=True).print(line, highlight=False, markup=False)


def print_counts(counts: dict[str, Any]) -> None:
    """Print the counts of an artefact."""
    for name, value in counts.items():
        inner = (
            ", ".join(f"{key} {number}" for key, number in value.items())
            if isinstance(value, dict)
            else value
        )
        Console().print(f"{name}: {inner}", highlight=False, markup=False)


def print_card(out: Path, card: "Card") -> None:
    """Print what a finished training has counted and measured, and where it is."""
    if not is_main_process():
        return
    print_counts(card.counts)
    typer.echo(f"finished: {out}")


def warn_of_few(pairs: int) -> None:
    """Say what so few held-out pairs cannot tell apart, if they are too few."""
    from codesteer.training.proportion import too_few

    if warning := too_few(pairs):
        print_progress(f"warning: {warning}")


def progress_of(what: str) -> ProgressDisplay:
    """Return a display of progress that only one process of a training shows."""
    return ProgressDisplay(Console(stderr=True, quiet=not is_main_process()), what)
