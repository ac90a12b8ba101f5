"""Write experience as lines of JSON that people can review, and read it back."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python

from codesteer.errors import first_error
from codesteer.experience.library import Library
from codesteer.experience.record import RECORD_VERSION, Evidence, Experience, Record, record_key
from codesteer.files import JsonLine, json_lines


@dataclass(frozen=True, slots=True)
class ImportedLines:
    """What a file of exported experience holds."""

    experiences: tuple[Experience, ...]
    refused: tuple[str, ...]
    """Lines that were skipped, each with its number and the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """How much of an import was new."""

    records: int
    evidence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _ExportedLine:
    record: Record
    evidence: tuple[Evidence, ...]


LINE = TypeAdapter(_ExportedLine)


def as_line(experience: Experience) -> str:
    """Return a record with its evidence as one line of JSON; findings and their order do not depend on the store."""
    pieces = sorted(experience.evidence, key=lambda piece: (piece.question_key, piece.source))
    value = {"record": experience.record, "evidence": pieces}
    return json.dumps(to_jsonable_python(value), ensure_ascii=False, sort_keys=True)


def read_lines(text: str) -> ImportedLines:
    """Read an exported file; lines that are corrupt, edited, foreign or of another version are skipped and named."""
    experiences: list[Experience] = []
    refused: list[str] = []
    for line in json_lines(text):
        try:
            experiences.append(_parse(line))
        except ValueError as error:  # a ValidationError is one
            refused.append(f"line {line.number}: {_reason(error)}")
    return ImportedLines(tuple(experiences), tuple(refused))


def _parse(line: JsonLine) -> Experience:
    """Return what a line holds; raises ValueError."""
    if line.problem:
        raise ValueError(line.problem)
    record = line.value.get("record") if isinstance(line.value, dict) else None
    version = record.get("version") if isinstance(record, dict) else RECORD_VERSION
    if version != RECORD_VERSION:
        shown = version if isinstance(version, int) else "unknown"
        raise ValueError(f"a record of version {shown}, expected {RECORD_VERSION}")
    found = LINE.validate_python(line.value)
    _require_own_keys(found)
    return Experience(found.record, found.evidence)


def _require_own_keys(line: _ExportedLine) -> None:
    """Refuse evidence of another program or question: what was verified is not what the line holds."""
    if line.record.key != record_key(line.record.question, line.record.program):
        what = "question" if line.record.program is None else "program"
        raise ValueError(
            f"the {what} was edited: its key is another one; add an edited program with 'codesteer experience add'"
        )
    if not all(piece.is_consistent for piece in line.evidence):
        raise ValueError("a question in the evidence was edited: its key is another one")


async def add_new(experiences: Iterable[Experience], library: Library) -> Added:
    """Add what a library does not hold yet; raises StoreError if the store fails."""
    records = pieces = 0
    known = {record.key for record in (await library.all_records()).records}
    for one in experiences:
        there = {(piece.question_key, piece.source) for piece in await library.all_evidence(one.key)}
        given = {(piece.question_key, piece.source): piece for piece in one.evidence}
        new = [piece for place, piece in given.items() if place not in there]
        if new or one.key not in known:
            records += await library.add(one.record, new)
        pieces += len(new)
        known.add(one.key)
    return Added(records=records, evidence=pieces)


def _reason(error: ValueError) -> str:
    return f"no exported record ({first_error(error)})" if isinstance(error, ValidationError) else str(error)
