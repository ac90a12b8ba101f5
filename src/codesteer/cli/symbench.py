"""``codesteer symbench``: list tasks, generate and verify items, fetch and audit the official data."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Column, Table

from codesteer.cli.progress import ProgressDisplay, resumable
from codesteer.errors import CodeSteerError, ConfigurationError, DataError
from codesteer.files import atomic_replace, is_same_file

if TYPE_CHECKING:
    from codesteer.symbench import Item, Outcome, Split, Task
    from codesteer.symbench.audit import Audit
    from codesteer.symbench.official import LocatedRecord

app = typer.Typer(no_args_is_help=True, help="SymBench: 37 symbolic tasks with generators and verifiers.")
FAILED = 1
TaskName = Annotated[str, typer.Option("--task", help="Task name; rg:NAME for a Reasoning Gym task.")]
Out = Annotated[
    Path | None, typer.Option(dir_okay=False, help="Output JSONL file. Default: standard output.")
]
SomeTasks = Annotated[
    list[str] | None, typer.Option("--task", metavar="TASK", help="Restrict to this task; repeatable.")
]


@app.command("list")
def list_tasks() -> None:
    """List all tasks: whether the paper trains on them (seen), their answer form and their levels.

    Example: codesteer symbench list
    """
    from codesteer.symbench.registry import load_task, slugs

    table = Table(Column("task", no_wrap=True), "title", "set", "answer", "levels")
    for slug in slugs():
        task = load_task(slug)
        levels = f"1 to {task.levels[-1]}" if task.levels else "official items only"
        table.add_row(slug, task.title, "seen" if task.seen else "unseen", task.answer_format, levels)
    Console().print(table)


@app.command("generate")
def generate(
    task: TaskName,
    level: Annotated[
        int, typer.Option(metavar="N", help="Difficulty level; see 'codesteer symbench list'.")
    ] = 1,
    count: Annotated[int, typer.Option(metavar="N", min=1, help="Number of items.")] = 10,
    seed: Annotated[int, typer.Option(metavar="N", help="Random seed.")] = 0,
    split: Annotated[str, typer.Option(help="train, dev or test; the splits are disjoint.")] = "test",
    out: Out = None,
) -> None:
    """Generate new items of a task as JSONL.

    Example: codesteer symbench generate --task game24 --level 3 --count 100 --seed 7 --out items.jsonl
    """
    from codesteer.symbench import load_task, to_record

    chosen, stream = load_task(task), _split(split)
    items = (to_record(chosen.generate(seed, level, stream, index)) for index in range(count))
    _write(items, out)


@app.command("verify")
def verify(
    samples: Annotated[Path, typer.Option(help="JSONL file of generated items or official records.")],
    answers: Annotated[
        Path,
        typer.Option(help='JSONL file of {"id": …, "answer": …} objects, or - for standard input.'),
    ],
    task: TaskName,
    published: Annotated[
        bool, typer.Option(metavar="", help="Score like the published reference implementation.")
    ] = False,
    verified: Annotated[
        bool,
        typer.Option(metavar="", help="Skip items whose question, rules and stored answer are inconsistent."),
    ] = False,
    out: Out = None,
) -> None:
    """Score answers and write the scores as JSONL; an answer may be a whole reply with <<<…>>>.

    Example: codesteer symbench verify --task game24 --samples items.jsonl --answers answers.jsonl
    """
    from codesteer.symbench import Outcome, load_task

    _require_other_file(out, samples, answers)
    chosen = load_task(task)
    items = _by_id(_items(chosen, samples))
    tally, answered = dict.fromkeys(Outcome, 0), set[str]()
    skipped = {name for name, item in items.items() if verified and not item.verified}

    def scores() -> Iterator[Mapping[str, Any]]:
        for where, record in _answers(answers):
            if str(record.get("id", "")) in skipped:
                continue
            score = _score(chosen, items, record, where, published)
            tally[score["outcome"]] += 1
            answered.add(score["id"])
            yield score

    try:
        _write(scores(), out)
    finally:
        _print_tally(tally, len(answered))


@app.command("fetch")
def fetch_official(
    folder: Annotated[Path, typer.Option(file_okay=False, help="Folder for the data.")] = Path("symbench"),
    task: SomeTasks = None,
) -> None:
    """Download the official data of the seven tasks that use public data sets, and verify checksums.

    Example: codesteer symbench fetch --folder symbench --task gsm_hard
    """
    from codesteer.symbench.fetch import fetch
    from codesteer.symbench.sources import SOURCES

    wanted = task or list(SOURCES)
    with ProgressDisplay(Console(stderr=True), "files") as progress, resumable("the download"):
        progress.update(0, len(wanted))
        for slug in wanted:
            typer.echo(fetch(slug, folder))
            progress.advance()


@app.command("audit")
def audit_official(
    folder: Annotated[
        Path,
        typer.Argument(
            exists=True,
            file_okay=False,
            help="Checkout of the official repository, or folder of 'codesteer symbench fetch'.",
        ),
    ],
    task: SomeTasks = None,
    out: Annotated[
        Path | None, typer.Option(dir_okay=False, help="JSONL file for the flags of each item.")
    ] = None,
) -> None:
    """Check the official data, and compare the number of defects per task with the known counts.

    Example: codesteer symbench audit CodeSteer-v1.0 --out audit.jsonl
    """
    from codesteer.symbench import load_task
    from codesteer.symbench.audit import EXPECTED, audit

    table = Table("task", "items", "distinct", "pass", "flags", "verified", "remark", show_lines=True)
    table.caption = "found / known for all official items; verified: question, rules and stored answer agree"
    checked: list[Mapping[str, Any]] = []
    broken = 0
    for slug in task or sorted(EXPECTED):
        load_task(slug)
        try:
            found = audit(slug, folder)
        except (ConfigurationError, DataError) as problem:
            table.add_row(slug, "", "", "", "", "", f"[red]{problem}[/red]")
            broken += 1
            continue
        _add_audit(table, found)
        checked += found.records()
    Console().print(table)
    if out is not None:
        _write(checked, out)
    if broken:
        raise typer.Exit(FAILED)


def _add_audit(table: Table, found: "Audit") -> None:
    from codesteer.symbench.audit import EXPECTED

    known = EXPECTED[found.slug]
    flags = "\n".join(
        f"{found.flags.get(flag, 0)} / {known.flags.get(flag, 0)} {flag.replace('_', ' ')}"
        for flag in sorted({*found.flags, *known.flags})
    )
    counts = (
        (len(found.findings), known.items),
        (found.distinct, known.distinct),
        (found.passes, known.passes),
    )
    cells = [f"{found_count} / {known_count}" for found_count, known_count in counts]
    table.add_row(found.slug, *cells, flags, str(found.verified), found.comparison)


def _split(name: str) -> "Split":
    from codesteer.symbench import SPLITS

    for split in SPLITS:
        if split == name:
            return split
    raise ConfigurationError(f"unknown split {name!r}: choose one of {', '.join(SPLITS)}")


def _items(task: "Task[Any, Any, Any]", path: Path) -> "Iterator[Item[Any, Any]]":
    """Yield the items of a file written by ``generate`` or ``fetch``."""
    from codesteer.symbench import from_record
    from codesteer.symbench.official import located_records

    for where, record in located_records(path):
        try:
            item = from_record(record) if "data" in record else task.from_official(record)
        except ConfigurationError as problem:
            raise ConfigurationError(f"{where}: not a valid item of {task.slug}: {problem}") from problem
        if item.task != task.slug:
            raise ConfigurationError(f"{where}: this is an item of {item.task}, not of {task.slug}")
        yield item


def _answers(path: Path) -> "Iterator[LocatedRecord]":
    from codesteer.symbench.official import located_records, parse_lines

    return parse_lines(sys.stdin.buffer, "standard input") if str(path) == "-" else located_records(path)


def _score(
    task: "Task[Any, Any, Any]",
    items: "Mapping[str, Item[Any, Any]]",
    record: Mapping[str, Any],
    where: str,
    published: bool,
) -> dict[str, Any]:
    name, answer = str(record.get("id", "")), record.get("answer", "")
    if name not in items:
        raise ConfigurationError(f"{where}: there is no item with the id {name!r}")
    if not isinstance(answer, str):
        raise ConfigurationError(f"{where}: the answer must be a string")
    score = task.score(items[name], answer, published=published)
    return {"id": name, "outcome": score.outcome, "parsed": score.parsed, "reason": score.reason}


def _by_id(items: "Iterable[Item[Any, Any]]") -> "dict[str, Item[Any, Any]]":
    """Map ids to items; raises ConfigurationError if two different items share one."""
    found: dict[str, Item[Any, Any]] = {}
    for item in items:
        if found.setdefault(item.id, item) != item:
            raise ConfigurationError(
                f"two different items have the id {item.id!r}; answers could be of either"
            )
    return found


def _print_tally(tally: "Mapping[Outcome, int]", answered: int) -> None:
    """Print how many answers have which outcome, and to how many items they are if some are repeated."""
    total = sum(tally.values())
    repeated = f" to {answered} item{'s' if answered > 1 else ''}" if answered < total else ""
    counts = ", ".join(f"{count} {outcome}" for outcome, count in tally.items() if count)
    Console(stderr=True).print(f"{total} answers{repeated}: {counts or 'none'}", highlight=False)


def _write(records: Iterable[Mapping[str, Any]], out: Path | None) -> None:
    """Write records; an error between them loses none of the previous ones, one before the first changes no file."""
    if out is None:
        for record in records:
            typer.echo(json.dumps(record))
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    failure: BaseException | None = None
    with atomic_replace(out) as temporary, temporary.open("w", encoding="utf-8") as file:
        try:
            for record in records:
                file.write(json.dumps(record) + "\n")
        except (CodeSteerError, KeyboardInterrupt) as error:
            if file.tell() == 0:
                raise
            failure = error
    if failure is not None:
        raise failure


def _require_other_file(out: Path | None, *inputs: Path) -> None:
    """Raise ConfigurationError if the output would replace an input."""
    for path in inputs:
        if out is not None and is_same_file(out, path):
            raise ConfigurationError(f"--out {out} would replace what is to be read; choose another file")
