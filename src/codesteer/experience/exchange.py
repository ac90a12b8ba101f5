"""Write experience as lines of JSON that people can review, and read it back."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import to_jsonable_python

from codesteer.experience.library import parse_value
from codesteer.experience.record import RECORD_VERSION, Evidence, Experience, Record


@dataclass(frozen=True, slots=True)
class ImportedLines:
    """What a file of exported experience holds."""

    experiences: tuple[Experience, ...]
    refused: tuple[str, ...]
    """Lines that were skipped, each with its number and the reason."""


def as_line(experience: Experience) -> str:
    """Return a record with its evidence as one line of JSON; findings and their order do not depend on the store."""
    pieces = sorted(experience.evidence, key=lambda piece: (piece.question_key, piece.source))
    value = {"record": experience.record, "evidence": pieces}
    return json.dumps(to_jsonable_python(value), ensure_ascii=False, sort_keys=True)


def read_lines(lines: Iterable[str]) -> ImportedLines:
    """Read exported lines; those that are corrupt, foreign or of another version are skipped and named."""
    experiences: list[Experience] = []
    refused: list[str] = []
    for number, line in _nonblank(lines):
        try:
            experiences.append(_parse(json.loads(line)))
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            refused.append(f"line {number}: {_reason(error)}")
    return ImportedLines(tuple(experiences), tuple(refused))


def _nonblank(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(lines, 1) if line.strip())


def _parse(value: Any) -> Experience:
    version = value["record"].get("version")
    if version != RECORD_VERSION:
        raise ValueError(f"a record of version {version}, expected {RECORD_VERSION}")
    pieces = tuple(parse_value(Evidence, piece) for piece in value["evidence"])
    return Experience(parse_value(Record, value["record"]), pieces)


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    if isinstance(error, json.JSONDecodeError):
        return "no JSON"
    return str(error) if type(error) is ValueError else "no exported record"
