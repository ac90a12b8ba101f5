"""``codesteer train``: everything from sampling trajectories to an exported guide, in the order of the work."""

import typer

from codesteer.cli import training_data, training_runs

app = typer.Typer(
    no_args_is_help=True, help="Train a guide: sample, select, fine-tune (SFT, DPO) and export."
)
app.add_typer(training_data.app)
app.add_typer(training_runs.app)
