"""``codesteer eval``: compare methods on SymBench."""

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from codesteer.cli.eval_choices import DEFAULT_METHODS, SERVER_METHODS, choose_methods, require_used
from codesteer.cli.models import ensure_embedded
from codesteer.cli.numbers import finite, not_nan
from codesteer.cli.options import DEFAULT_NAMESPACE, Namespace
from codesteer.cli.progress import ProgressDisplay
from codesteer.errors import ConfigurationError
from codesteer.evals.methods.names import (
    PARALLEL_METHODS,
    SCRIPTED_METHODS,
    STEERING_METHODS,
    uses_experience,
)
from codesteer.evals.selection import SOURCES, ItemSelection, Source, split_names
from codesteer.files import write_text_atomically

if TYPE_CHECKING:
    from codesteer.evals.plan import Plan, UsedStore

app = typer.Typer(no_args_is_help=True, help="Compare methods on SymBench with any model.")
FAILED = 1
Out = Annotated[
    Path, typer.Option("--out", file_okay=False, help="Output folder; an existing run in it is resumed.")
]
Folder = Annotated[Path, typer.Argument(file_okay=False, help="Folder of a run.")]


Methods = Annotated[
    str | None,
    typer.Option(
        help="Comma-separated names; see 'codesteer eval methods'. "
        f"Default: {DEFAULT_METHODS}; with --graph-url {SERVER_METHODS}."
    ),
]
Tasks = Annotated[str, typer.Option(help="Comma-separated task names, or all, seen or unseen.")]
Samples = Annotated[int, typer.Option(metavar="N", min=1, help="Items per task.")]
First = Annotated[int, typer.Option(metavar="N", min=0, help="Index of each task's first item.")]
Split = Annotated[str, typer.Option(help=f"One of {', '.join(SOURCES)}.")]
Official = Annotated[
    Path | None,
    typer.Option(
        exists=True, file_okay=False, envvar="CODESTEER_OFFICIAL", help="Folder with the official data."
    ),
]
Model = Annotated[str, typer.Option(help="local, a .gguf path, provider:model, or http(s)://host/v1#model.")]
Guide = Annotated[
    str | None, typer.Option(help="Guide for steering methods that do not name one. Default: rules.")
]
Level = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, help="Level of generated items. Default: cycle through 1 to 5."),
]
Concurrency = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=1,
        help="Number of problems to solve concurrently. Default: 4 for a model in this process; 1 for any other "
        "and in a stream.",
    ),
]
Turns = Annotated[int, typer.Option(metavar="N", min=1, max=20, help="Maximum replies per problem.")]
Candidates = Annotated[
    int, typer.Option(metavar="N", min=1, max=8, help="Maximum independent attempts made side by side.")
]
Tokens = Annotated[int | None, typer.Option(metavar="N", min=1, help="Maximum tokens per problem.")]
Seconds = Annotated[
    float | None,
    typer.Option(metavar="SECONDS", min=0.001, callback=finite, help="Maximum seconds per problem."),
]
Temperature = Annotated[
    float | None,
    typer.Option(
        metavar="X",
        min=0,
        max=2,
        callback=not_nan,
        help="Sampling temperature of all models. Default: 0; with --graph-url the server's.",
    ),
]
RetryTemperature = Annotated[
    float | None,
    typer.Option(
        metavar="X",
        min=0,
        max=2,
        callback=not_nan,
        help="Sampling temperature after a problem's first reply. Default: the temperature, or 0.7 if that is 0.",
    ),
]
SandboxKind = Annotated[str, typer.Option(help="Sandbox for programs: local, e2b, docker, …")]
Seed = Annotated[int, typer.Option(metavar="N", min=0, help="Random seed for generated items.")]
Cache = Annotated[
    bool,
    typer.Option("--cache", metavar="", help="Cache replies to identical requests, shared by all methods."),
]
Experience = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        dir_okay=False,
        help="SQLite store that steer+experience methods recall from; a stream begins with a copy of it. "
        "Default: none; a stream begins with an empty one.",
    ),
]
Stream = Annotated[
    bool,
    typer.Option(
        "--stream",
        metavar="",
        help="Ask the items of all tasks in one mixed order; steer+experience methods learn from each.",
    ),
]
GraphUrl = Annotated[
    str | None,
    typer.Option(
        help="Run the steering methods on a deployed LangGraph server, http(s)://host:port[#graph]; "
        "model, guide and sandbox names are resolved there."
    ),
]


@app.command("methods")
def list_methods() -> None:
    """List the available methods.

    Example: codesteer eval methods
    """
    table = Table("method", "description")
    for name, description in SCRIPTED_METHODS.items():
        table.add_row(name, description)
    for name, description in PARALLEL_METHODS.items():
        table.add_row(name, description)
    for name, (description, _) in STEERING_METHODS.items():
        table.add_row(f"{name}:GUIDE", f"{description}; GUIDE is rules, a model or hf:PATH")
    Console().print(table)


@app.command("run")
def run(
    context: typer.Context,
    out: Out,
    methods: Methods = None,
    tasks: Tasks = "all",
    samples: Samples = 3,
    first: First = 0,
    split: Split = "test",
    official: Official = None,
    model: Model = "local",
    guide: Guide = None,
    level: Level = None,
    concurrency: Concurrency = None,
    max_turns: Turns = 5,
    candidates: Candidates = 2,
    max_tokens: Tokens = None,
    max_seconds: Seconds = None,
    temperature: Temperature = None,
    retry_temperature: RetryTemperature = None,
    sandbox: SandboxKind = "local",
    seed: Seed = 0,
    experience: Experience = None,
    namespace: Namespace = DEFAULT_NAMESPACE,
    stream: Stream = False,
    cache: Cache = False,
    graph_url: GraphUrl = None,
) -> None:
    """Run methods on SymBench items; run the command again to resume.

    Example: codesteer eval run --methods code,steer:rules --tasks seen --samples 2 --out results
    """
    from codesteer.evals.plan import new_plan

    if cache and graph_url:
        raise ConfigurationError(
            "--cache does not work with --graph-url: the server calls the models; omit --cache"
        )
    default = SERVER_METHODS if graph_url else DEFAULT_METHODS
    chosen = choose_methods(default if methods is None else methods, guide)
    source = _source(split)
    require_used(context, source, chosen, stream=stream)
    plan = new_plan(
        methods=chosen,
        model=model,
        selection=ItemSelection(
            tasks=split_names(tasks), source=source, seed=seed, level=level, official=official
        ),
        samples=samples,
        first=first,
        concurrency=concurrency or (1 if stream else _default_concurrency(model, graph_url)),
        max_turns=max_turns,
        candidates=candidates,
        max_tokens=max_tokens,
        max_seconds=max_seconds,
        temperature=0.0 if temperature is None and graph_url is None else temperature,
        retry_temperature=retry_temperature,
        sandbox=sandbox,
        experience=_used_store(chosen, experience, split_names(namespace), stream=stream),
        stream=stream,
        graph_url=graph_url,
    )
    _ensure_models(plan)
    _run_plan(plan, out, cache)


def _ensure_models(plan: "Plan") -> None:
    """Download the embedded model if the plan needs it in this process."""
    from codesteer.evals.methods.registry import load_method

    if plan.graph_url is None:
        guides = [load_method(name).guide for name in plan.methods]
        ensure_embedded((plan.model, *guides), Console(stderr=True))


def _used_store(
    methods: tuple[str, ...], file: Path | None, namespace: tuple[str, ...], *, stream: bool
) -> "UsedStore | None":
    """Describe the store that the methods recall from; a stream without a file begins with an empty one."""
    from codesteer.evals.stores import describe_store

    starts_empty = stream and any(map(uses_experience, methods))
    return describe_store(file, namespace) if file or starts_empty else None


def _default_concurrency(model: str, graph_url: str | None) -> int:
    """Return as many problems as the server of a model in this process has slots; one for any other model."""
    from codesteer.models.endpoint import is_loaded_in_process
    from codesteer.models.server import SLOTS

    return SLOTS if graph_url is None and is_loaded_in_process(model) else 1


def _run_plan(plan: "Plan", out: Path, cache: bool) -> None:
    from codesteer.evals.results import has_results
    from codesteer.evals.runner import run_plan

    logs = run_plan(plan, out, cached=cache, progress=_progress(plan, out), notify=_notify)
    unfinished = [log for log in logs if log.status != "success"]
    if has_results(out):
        _print_results(plan, out)
        _print_learnt(plan, out)
    if unfinished:
        _notify(f"{len(unfinished)} of {len(logs)} rounds did not finish; run the command again to resume")
    waiting = _waiting(plan, out)
    for line in waiting:
        _notify(line)
    if unfinished or waiting:
        raise typer.Exit(FAILED)
    typer.echo(f"next: codesteer eval report {shlex.quote(str(out))}")


def _notify(line: str) -> None:
    typer.echo(f"codesteer: {line}", err=True)


def _progress(plan: "Plan", out: Path) -> ProgressDisplay:
    """Return a display of the problems of the plan that are left."""
    from codesteer.evals.items import item_names
    from codesteer.evals.results import has_results, read_results

    items = item_names(plan.selection, plan.item_indexes)
    results = read_results(out, skip_unreadable=True) if has_results(out) else []
    done = sum(result.scored and result.method in plan.methods and result.item in items for result in results)
    return ProgressDisplay(Console(stderr=True), "problems", len(plan.methods) * len(items), done)


def _waiting(plan: "Plan", folder: Path) -> list[str]:
    """Say which methods were not asked some items, because their reference has no result there."""
    from codesteer.evals.references import waiting_items

    return [
        f"{one.method} was not asked {one.items} items that {one.reference} has no result for; "
        f"run {one.reference} on them and then {one.method} again"
        for one in waiting_items(plan, folder)
    ]


def _source(split: str) -> Source:
    for source in SOURCES:
        if source == split:
            return source
    raise ConfigurationError(f"unknown split {split!r}: choose one of {', '.join(SOURCES)}")


@app.command("status")
def status(context: typer.Context, folder: Folder, official: Official = None) -> None:
    """Show the progress of a run.

    Example: codesteer eval status results
    """
    from codesteer.evals.plan import read_plan

    plan = read_plan(folder)
    require_used(context, plan.selection.source)
    if official is not None:
        plan = replace(plan, selection=replace(plan.selection, official=official))
    _print_results(plan, folder)
    _print_learnt(plan, folder)
    for line in _waiting(plan, folder):
        typer.echo(line)


def _print_results(plan: "Plan", folder: Path) -> None:
    """Print how many of the plan's problems each method has solved so far; a folder may hold more."""
    from codesteer.evals.items import item_names
    from codesteer.evals.results import read_results

    items = item_names(plan.selection, plan.item_indexes)
    results = [one for one in read_results(folder, skip_unreadable=True) if one.item in items]
    table = Table("method", "scored", "of", "solved", "pass@k", "errors", title=f"{folder}: {plan.model}")
    for method in plan.methods:
        of_method = [result for result in results if result.method == method]
        scored = [result for result in of_method if result.scored]
        solved, any_right = (
            sum(result.solved for result in scored),
            sum(result.any_right for result in scored),
        )
        errors = len(of_method) - len(scored)
        table.add_row(method, *map(str, (len(scored), len(items), solved, any_right, errors)))
    Console().print(table)


def _print_learnt(plan: "Plan", folder: Path) -> None:
    """Print how many records the methods of a stream learnt, and how many of them are wrong."""
    from codesteer.evals.experience import learnt_records
    from codesteer.evals.report.formatting import counted

    for learnt in learnt_records(plan, folder):
        wrong = counted(learnt.wrong, learnt.records)
        typer.echo(f"{learnt.method}: records learnt: {learnt.records}; wrong: {wrong}")


@app.command("report")
def report(
    folders: Annotated[list[Path], typer.Argument(file_okay=False, help="Folders of the runs to compare.")],
    out: Annotated[
        Path | None, typer.Option(file_okay=False, help="Output folder. Default: the first run's folder.")
    ] = None,
    logs: Annotated[
        bool,
        typer.Option(
            "--logs", metavar="", help="Add Inspect's viewer with the full logs; the report links to it."
        ),
    ] = False,
) -> None:
    """Write report.html, report.md and results.jsonl.gz.

    Example: codesteer eval report results --logs
    """
    folders = list({folder.resolve(): folder for folder in folders}.values())
    target = out or folders[0]
    if logs:
        from codesteer.evals.engine.viewer import VIEWER_FOLDER, require_logs, write_viewer

        require_logs(folders, target / VIEWER_FOLDER)
    _write_report(folders, target, linked=logs)
    if logs:
        write_viewer(folders, target / VIEWER_FOLDER)
        serve = f"python -m http.server --bind 127.0.0.1 --directory {shlex.quote(str(target))}"
        typer.echo(f"wrote {VIEWER_FOLDER}/; to open it: {serve}")


def _write_report(folders: list[Path], target: Path, *, linked: bool) -> None:
    """Write the report's files; the page links to Inspect's viewer if told so."""
    from codesteer.evals.engine.viewer import VIEWER_PAGE
    from codesteer.evals.plan import PLAN_FILE, read_plan
    from codesteer.evals.report.content import build_content
    from codesteer.evals.report.markdown import markdown
    from codesteer.evals.report.page import page
    from codesteer.evals.report.run import Run
    from codesteer.evals.report.runs import combined
    from codesteer.evals.results import RESULTS_FILE, read_results, store_results

    runs = {folder.resolve(): Run(read_plan(folder), read_results(folder)) for folder in folders}
    own = runs.get(target.resolve())
    if own is None and (target / PLAN_FILE).exists():
        raise ConfigurationError(
            f"{target} holds another run, whose results would be lost; choose another --out"
        )
    if not any(result.scored for run in runs.values() for result in run.results):
        raise ConfigurationError("no problem has been scored yet; resume the run first")
    target.mkdir(parents=True, exist_ok=True)
    content = build_content(list(runs.values()))
    write_text_atomically(target / "report.md", markdown(content))
    write_text_atomically(target / "report.html", page(content, VIEWER_PAGE if linked else None))
    # The folder of a run holds its own results only: it may be reported again, alone or with others.
    store_results(own.results if own else combined(list(runs.values())), target / RESULTS_FILE)
    Console().print(f"wrote report.html, report.md and {RESULTS_FILE} to {target}")
