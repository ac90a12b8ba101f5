"""``codesteer train``: train, measure and export a guide."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from codesteer.cli.progress import resumable
from codesteer.cli.training_output import Out, print_card, print_progress, progress_of, warn_of_few
from codesteer.errors import ConfigurationError

app = typer.Typer()
LAUNCHED = "CODESTEER_LAUNCHED"
"""Environment variable set in processes started by accelerate, so that they do not start it again."""
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="FIELD=VALUE", help="Override a field of the recipe: field=value; repeatable."
    ),
]
RecipeName = Annotated[str, typer.Argument(help="A built-in recipe (see docs/training.md) or a YAML file.")]


@app.command("sft")
def fine_tune(
    recipe: RecipeName,
    data: Annotated[Path, typer.Option(file_okay=False, help="Output folder of 'train conversations'.")],
    out: Out,
    changes: Changes = None,
) -> None:
    """Fine-tune a base model on conversations (SFT); run the command again to resume.

    Example: codesteer train sft laptop-0.5b --data runs/conversations --out runs/sft
    """
    from codesteer.training.recipe import load_recipe

    chosen = load_recipe(recipe, tuple(changes or ()))
    _launch_if_needed(chosen.launch)
    from codesteer.training.classifier import train_choices
    from codesteer.training.sft import train_sft

    train = train_choices if chosen.guide == "classifies" else train_sft
    with progress_of("steps") as progress, resumable("the training"):
        card = train(chosen, data, out, print_progress, progress.update)
    print_card(out, card)


@app.command("dpo")
def prefer(
    recipe: RecipeName,
    data: Annotated[Path, typer.Option(file_okay=False, help="Output folder of 'train pairs'.")],
    out: Out,
    model: Annotated[
        Path | None,
        typer.Option(file_okay=False, help="Output folder of 'train sft'. Default: the base model."),
    ] = None,
    changes: Changes = None,
) -> None:
    """Train a fine-tuned guide on preference pairs (DPO); run the command again to resume.

    Example: codesteer train dpo laptop-0.5b --model runs/sft --data runs/pairs --out runs/dpo
    """
    from codesteer.training.recipe import load_recipe

    chosen = load_recipe(recipe, tuple(changes or ()))
    _launch_if_needed(chosen.launch)
    from codesteer.training.classifier import train_choice_preferences
    from codesteer.training.dpo import train_dpo

    train = train_choice_preferences if chosen.guide == "classifies" else train_dpo
    with progress_of("steps") as progress, resumable("the training"):
        card = train(chosen, data, out, model=model, notify=print_progress, steps=progress.update)
    print_card(out, card)
    warn_of_few(card.counts["held out"])


@app.command("accuracy")
def measure_accuracy(
    models: Annotated[
        list[str],
        typer.Argument(help="Trained guides, model folders, or names of base models."),
    ],
    pairs: Annotated[Path, typer.Option(file_okay=False, help="Output folder of 'train pairs'.")],
    max_length: Annotated[
        int, typer.Option(metavar="N", min=64, help="Maximum tokens per pair; longer pairs are skipped.")
    ] = 4096,
    threads: Annotated[int | None, typer.Option(metavar="N", min=1, help="Number of CPU threads.")] = None,
) -> None:
    """Measure how often models assign the preferred decision of a held-out pair the higher probability.

    Example: codesteer train accuracy qwen2.5-coder-0.5b-instruct runs/sft runs/dpo --pairs runs/pairs
    """
    from codesteer.training.pair_accuracy import held_out_accuracy

    for name in models:
        for kind, share in held_out_accuracy(name, pairs, max_length, threads, print_progress).items():
            typer.echo(f"{name}: {kind} {share}")


@app.command("export")
def export_model(
    model: Annotated[Path, typer.Argument(help="Output folder of 'train sft' or 'train dpo'.")],
    out: Out,
    form: Annotated[
        str,
        typer.Option(
            help="Output format: merged (safetensors, for any server) or gguf-adapter (for llama.cpp)."
        ),
    ] = "merged",
) -> None:
    """Export a trained guide for other software.

    Example: codesteer train export runs/dpo --out runs/guide --form merged
    """
    from codesteer.training.export import FORMS, export

    if form not in FORMS:
        raise ConfigurationError(f"unknown form {form!r}: choose one of {', '.join(FORMS)}")
    print_card(out, export(model, out, FORMS[form], print_progress))


def _launch_if_needed(launch: Any) -> None:
    """Restart this command with accelerate if the recipe requires several processes."""
    if launch is None or "LOCAL_RANK" in os.environ:
        return
    if LAUNCHED in os.environ:
        raise ConfigurationError(
            f"launch.config {launch.config}: accelerate started one process instead of {launch.processes}; "
            "use a configuration for several processes (distributed_type FSDP, DEEPSPEED or MULTI_GPU)"
        )
    from codesteer.training.recipe import launch_config

    config = str(launch_config(launch.config))
    print_progress(f"starting {launch.processes} processes with accelerate ({launch.config})")
    module = ["-m", "accelerate.commands.launch", "--config_file", config]
    start = [*module, "--num_processes", str(launch.processes), "--module", "codesteer", *sys.argv[1:]]
    os.environ[LAUNCHED] = "1"
    # Replaces this process, so that Ctrl-C reaches the launcher, which lets its processes save their state.
    os.execv(sys.executable, [sys.executable, *start])  # noqa: S606
