"""Options of the commands that run the graph."""

from pathlib import Path
from typing import Annotated

import typer

Model = Annotated[
    str, typer.Option(help="'local', a .gguf path, provider:model, or http(s)://host/v1#model.")
]
GuideName = Annotated[
    str, typer.Option(help="'rules' (no model), a model name, or hf:PATH for a trained guide.")
]
CheckerModel = Annotated[
    str | None,
    typer.Option(help="Model that writes the programs to test answers. Default: the task model."),
]
SandboxKind = Annotated[str, typer.Option(help="Sandbox for programs: local, e2b, docker, …")]
Turns = Annotated[
    int, typer.Option(metavar="N", min=1, max=20, help="Maximum number of answers of the task model.")
]
Candidates = Annotated[
    int, typer.Option(metavar="N", min=1, max=8, help="Maximum number of concurrent independent attempts.")
]
Seconds = Annotated[
    float | None, typer.Option(metavar="SECONDS", min=0.001, help="Maximum working time in seconds.")
]
Tokens = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="Maximum number of input and output tokens.")
]
Cost = Annotated[
    float | None,
    typer.Option(metavar="DOLLARS", min=0.000001, help="Maximum cost of all models in US dollars."),
]
Temperature = Annotated[
    float | None,
    typer.Option(
        metavar="X", min=0, max=2, help="Sampling temperature of the task model. Default: the model's own."
    ),
]
Seed = Annotated[int | None, typer.Option(metavar="N", min=0, help="Random seed for sampling.")]
CheckAnswer = Annotated[
    bool | None,
    typer.Option(
        "--check-answer/--no-check-answer",
        metavar="",
        help="Have a model write a check of the answers. Default: yes, unless the embedded model would write it.",
        show_default=False,
    ),
]
ExperienceFile = Annotated[
    Path | None,
    typer.Option(
        "--experience",
        dir_okay=False,
        help="SQLite file of experience. Default: a file in your data folder.",
    ),
]
DEFAULT_NAMESPACE = "default"
Namespace = Annotated[
    str,
    typer.Option(
        metavar="LABELS", help="Namespace in the file: comma-separated labels, such as my_app,alice."
    ),
]
Files = Annotated[
    list[Path] | None,
    typer.Option(
        "--file",
        metavar="FILE",
        help="A file for the programs; repeat the option for several.",
        dir_okay=False,
    ),
]
Checkpoints = Annotated[
    Path | None,
    typer.Option(dir_okay=False, help="Checkpoint file for saved runs. Default: a file in your data folder."),
]
