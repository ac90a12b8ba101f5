"""Read the data that a question holds: grids, lists, numbered lines, rows of numbers, quoted texts.

Checks of answers find it in variables, so that a model neither copies it nor reads it wrongly.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from codesteer.replies.lines import normalize_newlines

MAX_QUESTION_LENGTH = 50_000
"""A longer question is not searched."""
MAX_LISTS = 6
"""With more bracketed lists than this, a question is prose about lists, and none is data of its own."""
MIN_LIST, MIN_ROWS, MIN_CELLS, MIN_LINES = 3, 2, 2, 3
SHOWN_LENGTH = 120
"""Characters of a value that a description shows."""
Cell = int | str
DataValue = Sequence[Cell | float | Sequence[Cell]] | str
QuestionData = Mapping[str, DataValue]
"""Values by the name of their variable, each a literal of Python."""

EXAMPLE = re.compile(r"<<<([^<>]{0,2000})>>>")
"""An example of an answer, or a description of one."""
_INTEGER = re.compile(r"-?\d{1,15}")
_CELL = re.compile(r"-?\d{1,15}(?:\.\d{1,9})?|[^\W\d_]|[!@#$%^&*.?_+=~-]|")
_LAST_CELL = re.compile(r"[ ,][^\s,.]{1,15}\.$")
_CHARACTERS = re.compile(r"[01X*.#_]{3,100}|[A-Z]{3,100}")
_LIST = re.compile(r"\[[^\[\]\n]{3,3000}\]")
_NUMBERED = re.compile(r"[ \t]{0,8}(?:\d{1,3}[.)]|(?:Round|Step|Rule|Method)[ \t]\d{1,3}:)[ \t]{1,4}(\S.*)")
_NUMBERS = re.compile(
    r"\b(?:numbers?|values?|inputs?)\b(?:[ \t](?:is|are))?:?[ \t]{0,3}"
    r"(-?\d+(?:\.\d+)?(?:(?:,[ \t]?|[ \t])-?\d+(?:\.\d+)?){2,200})",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_QUOTED = re.compile(r"\"([A-Za-z]{6,500})\"|'([A-Za-z]{6,500})'")


def read_data(question: str) -> QuestionData:
    """Return the data of a question by variable name; empty if it holds none.

    - ``grid``: consecutive rows with equally many cells, each a number, a letter or a sign; rows of characters as well.
      All cells are integers, or all are strings; an empty cell is ``''``. Several grids are ``grid_1``, ``grid_2``, …
    - ``items``: a list in brackets, or several of them, ``items_1``, ``items_2``, …
    - ``numbers``: a row of numbers after that word.
    - ``lines``: the texts of a numbered list.
    - ``text``: the only quoted word that is longer than a few letters.

    Examples of answers between ``<<<`` and ``>>>`` are no data.
    """
    if len(question) > MAX_QUESTION_LENGTH:
        return {}
    text = EXAMPLE.sub(" ", normalize_newlines(question))
    data: dict[str, DataValue] = _named("grid", _grids(text))
    lists = _lists(text)
    data |= _named("items", lists)
    if not lists and (numbers := _numbers(text)):
        data["numbers"] = numbers
    lines = [found[1].rstrip() for line in text.split("\n") if (found := _NUMBERED.fullmatch(line))]
    if len(lines) >= MIN_LINES:
        data["lines"] = lines
    words = {found[1] or found[2] for found in _QUOTED.finditer(text)}
    if len(words) == 1:
        data["text"] = words.pop()
    return data


def _named(name: str, values: Sequence[DataValue]) -> dict[str, DataValue]:
    """Name a single value plainly, and number several."""
    if len(values) == 1:
        return {name: values[0]}
    return {f"{name}_{number}": value for number, value in enumerate(values, 1)}


@dataclass(frozen=True, slots=True)
class _Row:
    """A line that may belong to a grid."""

    cells: tuple[str, ...]
    separator: str


def _grids(text: str) -> list[DataValue]:
    rows = [_row(line) for line in text.split("\n")]
    blocks = groupby(rows, key=lambda row: row and (len(row.cells), row.separator))
    grids = ([row.cells for row in block if row] for shape, block in blocks if shape)
    return [_typed(cells) for cells in grids if len(cells) >= MIN_ROWS]


def _row(line: str) -> _Row | None:
    line = line.strip(" \t") if "," not in line else line.rstrip()
    # A full stop ends the sentence in which a grid stands.
    if _LAST_CELL.search(line):
        line = line[:-1]
    for separator, parts in ((",", line.split(",")), (" ", line.split())):
        cells = tuple(part.strip() for part in parts)
        if len(cells) >= MIN_CELLS and all(_CELL.fullmatch(cell) for cell in cells) and any(cells):
            return _Row(cells, separator)
    return _Row(tuple(line), "") if _CHARACTERS.fullmatch(line) else None


def _typed(rows: Sequence[Sequence[str]]) -> DataValue:
    if all(_INTEGER.fullmatch(cell) for row in rows for cell in row):
        return [[int(cell) for cell in row] for row in rows]
    return [list(row) for row in rows]


def _lists(text: str) -> list[DataValue]:
    distinct: list[DataValue] = []
    for value in islice(_literal_lists(text), MAX_LISTS + 1):
        if value not in distinct:
            distinct.append(value)
    return distinct if len(distinct) <= MAX_LISTS else []


def _literal_lists(text: str) -> Iterator[DataValue]:
    for found in _LIST.finditer(text):
        try:
            value = ast.literal_eval(found[0])
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        if len(value) >= MIN_LIST and all(isinstance(item, int | float | str) for item in value):
            yield value


def _numbers(text: str) -> list[float]:
    rows = _NUMBERS.findall(text)
    last = rows[-1] if rows else ""  # examples come first
    return [float(number) if "." in number else int(number) for number in _NUMBER.findall(last)]


def describe_data(data: QuestionData) -> str:
    """Say what each variable holds, one line a variable."""
    return "\n".join(f"- {name}: {_describe(value)}" for name, value in data.items())


def _describe(value: DataValue) -> str:
    if isinstance(value, str):
        return _clip(repr(value))
    first = value[0]
    if isinstance(first, list):
        empty = ", empty cells are ''" if any("" in row for row in value if isinstance(row, list)) else ""
        kind = type(first[0]).__name__
        return (
            f"{len(value)} rows, each a list of {len(first)} {kind}{empty}; the first is {_clip(repr(first))}"
        )
    return f"a list of {len(value)} {type(first).__name__}: {_clip(repr(value))}"


def _clip(text: str) -> str:
    return text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH]} …"
