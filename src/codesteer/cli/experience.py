"""``codesteer experience``: look at what is remembered, share it, forget it."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from codesteer.cli.learn import labels, read_questions
from codesteer.cli.options import DEFAULT_NAMESPACE, ExperienceFile, Namespace
from codesteer.errors import ConfigurationError
from codesteer.files import is_same_file, read_text, require_writable, write_text_atomically
from codesteer.settings import Settings

if TYPE_CHECKING:
    from codesteer.experience.library import Library, Listing
    from codesteer.experience.record import Experience

app = typer.Typer(no_args_is_help=True, help="Look at what earlier runs learnt, share it, forget it.")
Result = TypeVar("Result")
Key = Annotated[str, typer.Argument(help="The record's key, or the beginning of it.")]
Out = Annotated[Path, typer.Argument(dir_okay=False, help="JSONL file.")]
SHOWN_KEY, SHOWN_QUESTION = 8, 60


@app.command("list")
def list_records(experience: ExperienceFile = None, namespace: Namespace = DEFAULT_NAMESPACE) -> None:
    """List the records, the most reliable first.

    Example: codesteer experience list
    """
    from codesteer.cli.result import printable

    narrow = [
        Column(name, no_wrap=True, min_width=SHOWN_KEY)
        for name in ("key", "kind", "questions", "reliability")
    ]
    table = Table(
        *narrow, Column("question", ratio=1, overflow="ellipsis", no_wrap=True), box=None, expand=True
    )
    for one in _run(experience, namespace, _all):
        table.add_row(
            one.key[:SHOWN_KEY],
            _kind(one),
            str(len(one.questions)),
            f"{one.reliability:.2f}",
            Text(printable(" ".join(one.record.question.split())[:SHOWN_QUESTION])),
        )
    Console().print(table)


@app.command("show")
def show(key: Key, experience: ExperienceFile = None, namespace: Namespace = DEFAULT_NAMESPACE) -> None:
    """Show a record with its program and evidence.

    Example: codesteer experience show 3f2a9c1d
    """
    from codesteer.cli.result import printable

    one = _run(experience, namespace, lambda library: _find(library, key))
    record, console = one.record, Console(highlight=False, markup=False)
    console.print(
        f"{printable(record.key)}: {_kind(one)}, reliability {one.reliability:.2f}, {one.reuses} reuses"
    )
    origin = f"learnt {record.created} with {record.model or 'no model'}, prompts {record.prompts or 'none'}"
    console.print(printable(origin))
    for piece in one.findings:
        console.print(f"  {piece.finding} on {piece.question_key[:SHOWN_KEY]} ({piece.source})")
    console.print(printable(f"\nQuestion:\n{record.question}\n\nAnswer: {record.answer}"))
    if record.program is not None:
        console.print(printable(f"\nProgram:\n{record.program}"))


@app.command("stats")
def stats(experience: ExperienceFile = None, namespace: Namespace = DEFAULT_NAMESPACE) -> None:
    """Count records, skills and what is retired.

    Example: codesteer experience stats
    """
    found = _run(experience, namespace, _all)
    table = Table(box=None, show_header=False)
    table.add_row("records", str(len(found)))
    kinds = Counter(map(_kind, found))
    for kind in ("trusted skill", "skill", "example", "text", "retired"):
        table.add_row(f"  {kind}", str(kinds[kind]))
    table.add_row("verified answers", str(sum(len(one.questions) for one in found)))
    table.add_row(
        "wrong answers", str(sum(piece.finding == "wrong" for one in found for piece in one.findings))
    )
    table.add_row("reuses", str(sum(one.reuses for one in found)))
    Console().print(table)


@app.command("export")
def export(out: Out, experience: ExperienceFile = None, namespace: Namespace = DEFAULT_NAMESPACE) -> None:
    """Write all records with their evidence to a JSONL file, which can be reviewed and imported elsewhere.

    Example: codesteer experience export skills.jsonl
    """
    require_writable(out)
    store = experience or Settings.from_environment().experience
    if is_same_file(out, store):
        raise ConfigurationError(f"{out} is the file of experience itself; choose another file")
    found = _run(experience, namespace, _all)
    from codesteer.experience.exchange import as_line

    write_text_atomically(out, "".join(f"{as_line(one)}\n" for one in found))
    Console().print(f"exported {len(found)} records to {out}", soft_wrap=True)


@app.command("import")
def import_records(
    file: Out, experience: ExperienceFile = None, namespace: Namespace = DEFAULT_NAMESPACE
) -> None:
    """Add the records of an exported file; corrupt and foreign lines are named and skipped.

    Example: codesteer experience import skills.jsonl
    """
    from codesteer.cli.result import printable
    from codesteer.experience.exchange import add_new, read_lines

    read = read_lines(read_text(file))
    for reason in read.refused:
        skipped = Text(printable(f"skipped {file.name}, {reason}"))
        Console(stderr=True).print(skipped, soft_wrap=True, highlight=False)
    added = _run(experience, namespace, lambda library: add_new(read.experiences, library), creates=True)
    Console().print(
        f"imported {added.records} records and {added.evidence} pieces of evidence; "
        f"{len(read.experiences) - added.records} records were known, {len(read.refused)} lines skipped",
        soft_wrap=True,
    )


@app.command("forget")
def forget(
    keys: Annotated[list[str], typer.Argument(help="Keys of records, or beginnings of keys.")],
    experience: ExperienceFile = None,
    namespace: Namespace = DEFAULT_NAMESPACE,
) -> None:
    """Delete records with their evidence.

    Example: codesteer experience forget 3f2a9c1d
    """

    async def delete(library: "Library") -> int:
        listing = await library.all_records()
        found = {_matching(listing, key) for key in keys}  # all before any is deleted
        for key in found:
            await library.forget(key)
        return len(found)

    Console().print(f"forgot {_run(experience, namespace, delete)} records")


@app.command("add")
def add_program(
    program: Annotated[Path, typer.Argument(dir_okay=False, help="A Python program that reads QUESTION.")],
    questions: Annotated[
        Path,
        typer.Option(
            "--questions", dir_okay=False, help='JSONL file of {"question": …, "answer": …} objects.'
        ),
    ],
    experience: ExperienceFile = None,
    namespace: Namespace = DEFAULT_NAMESPACE,
) -> None:
    """Add a program of your own, if it answers at least two different questions and none wrongly.

    Example: codesteer experience add sum.py --questions sums.jsonl
    """
    from codesteer.sandboxes.factory import open_sandbox
    from codesteer.teaching.program import add_verified

    lessons, text = read_questions(questions), read_text(program)
    count = _run(
        experience,
        namespace,
        lambda library: add_verified(text, lessons, library, open_sandbox("local")),
        creates=True,
    )
    Console().print(f"added {program.name}, verified on {count} questions")


def _run(
    path: Path | None,
    namespace: str,
    work: "Callable[[Library], Coroutine[Any, Any, Result]]",
    *,
    creates: bool = False,
) -> Result:
    """Do something with a namespace of a file of experience."""
    from codesteer.experience.library import Library, library_namespace
    from codesteer.experience.store_file import open_store_file

    file = path or Settings.from_environment().experience
    if not creates and not file.is_file():
        raise ConfigurationError(f"there is no experience in {file}; 'codesteer learn' fills a file")
    with open_store_file(file) as store:
        return asyncio.run(work(Library(store, library_namespace(labels(namespace)))))


async def _all(library: "Library") -> "list[Experience]":
    listing = await library.all_records()
    for key in listing.unreadable:
        Console(stderr=True).print(f"skipped {key}: no record of this version", highlight=False)
    found = await library.all_experiences(listing.records)
    return sorted(found, key=lambda one: (-one.reliability, one.key))


async def _find(library: "Library", key: str) -> "Experience":
    listing = await library.all_records()
    found = _matching(listing, key)
    record = next((record for record in listing.records if record.key == found), None)
    if record is None:
        raise ConfigurationError(
            f"{found} is no record that this version can read; 'codesteer experience forget {found}' deletes it"
        )
    (experience,) = await library.all_experiences([record])
    return experience


def _matching(listing: "Listing", start: str) -> str:
    """Return the only key that begins like this, also of a record that cannot be read."""
    if not start:
        raise ConfigurationError("a key is empty; give a key, or the beginning of one")
    keys = [*(record.key for record in listing.records), *listing.unreadable]
    found = sorted({key for key in keys if key.startswith(start)})
    if start in found:
        return start
    if len(found) != 1:
        reason = "no record has" if not found else f"{len(found)} records have"
        raise ConfigurationError(
            f"{reason} a key that begins with {start!r}; see 'codesteer experience list'"
        )
    return found[0]


def _kind(experience: "Experience") -> str:
    if experience.is_retired:
        return "retired"
    if experience.is_skill:
        return "trusted skill" if experience.is_trusted else "skill"
    return "text" if experience.record.program is None else "example"
