"""Read the data that a question holds: grids, lists, numbered lines, rows of numbers, quoted texts.

Checks of answers find it in variables, so that a model neither copies it nor reads it wrongly.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from codesteer.replies.lines import normalize_newlines
from codesteer.replies.number_rows import read_numbers

MAX_QUESTION_LENGTH = 50_000
"""A longer question is not searched."""
MAX_LISTS = 6
"""With more bracketed lists than this, a question is prose about lists, and none is data of its own."""
MIN_LIST, MIN_ROWS, MIN_CELLS, MIN_LINES = 3, 2, 2, 3
_SIZES = 2
"""Numbers of a line that tells how large a grid is."""
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
_SIGNED = re.compile(r"−(?=\d)")
_QUOTED = re.compile(r"\"([^\"\n]{1,500})\"|(?<!\w)'([^'\n]{1,500})'(?!\w)|[“„]([^“”„\n]{1,500})[“”]")
_WORD = re.compile(r"[A-Za-z]{6,500}")
_TO_PRINT = re.compile(
    r"\b(?:print|say|write|return|output|answer|reply|respond|with|state|display)\W{0,3}\Z", re.IGNORECASE
)
_BEFORE_LENGTH = 30


def read_data(question: str) -> QuestionData:
    """Return the data of a question by variable name; empty if it holds none.

    - ``grid``: consecutive rows with equally many cells, each a number, a letter or a sign; rows of characters as well.
      All cells are integers, or all are strings; an empty cell is ``''``. Several grids are ``grid_1``, ``grid_2``, …
    - ``items``: a list in brackets, or several of them, ``items_1``, ``items_2``, …
    - ``numbers``: a row of numbers after that word, if all of it was read.
    - ``lines``: the texts of a numbered list.
    - ``text``: the only quoted text, if it is a word that is longer than a few letters.

    Examples of answers between ``<<<`` and ``>>>`` are no data.
    """
    if len(question) > MAX_QUESTION_LENGTH:
        return {}
    text = _SIGNED.sub("-", EXAMPLE.sub(" ", normalize_newlines(question)))
    data: dict[str, DataValue] = _named("grid", _grids(text))
    lists = _lists(text)
    data |= _named("items", lists)
    if not lists and (numbers := read_numbers(text)):
        data["numbers"] = numbers
    if len(lines := _numbered_lines(text)) >= MIN_LINES:
        data["lines"] = lines
    if word := _quoted_word(text):
        data["text"] = word
    return data


def _numbered_lines(text: str) -> list[str]:
    """Return the texts of a numbered list; none if other lines stand between them, or continue the last one."""
    lines = text.split("\n")
    numbered = {
        index: found[1].rstrip() for index, line in enumerate(lines) if (found := _NUMBERED.fullmatch(line))
    }
    if not numbered:
        return []
    first, last = min(numbered), max(numbered)
    between = (line for index, line in enumerate(lines[first:last], first) if index not in numbered)
    follows = lines[last + 1] if last + 1 < len(lines) else ""
    margin = len(lines[last]) - len(lines[last].lstrip())
    continues = bool(follows.strip()) and len(follows) - len(follows.lstrip()) > margin
    return [] if continues or any(line.strip() for line in between) else list(numbered.values())


def _quoted_word(text: str) -> str | None:
    """Return the only quoted text of several characters, unless it is no long word, or is to be printed."""
    found = list(_QUOTED.finditer(text))
    quoted = {inner for quotation in found if len(inner := next(filter(None, quotation.groups()))) > 1}
    if len(quoted) != 1 or not _WORD.fullmatch(word := quoted.pop()):
        return None
    starts = [quotation.start() for quotation in found if word in quotation.groups()]
    is_printed = any(_TO_PRINT.search(text[max(0, start - _BEFORE_LENGTH) : start]) for start in starts)
    return None if is_printed else word


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
    lines = text.split("\n")
    rows = [_row(line) for line in lines]
    blocks = groupby(range(len(rows)), key=lambda index: _shape(rows[index]))
    grids = []
    for shape, indices in blocks:
        block = list(indices)
        cells = [row.cells for index in block if (row := rows[index])]
        if shape and len(cells) >= MIN_ROWS and _is_whole(cells, _neighbours(lines, block)):
            grids.append(_typed(cells))
    return grids


def _shape(row: _Row | None) -> tuple[int, str] | None:
    return (len(row.cells), row.separator) if row else None


def _neighbours(lines: Sequence[str], block: Sequence[int]) -> list[str]:
    """Return the lines right before and after a block; empty without one."""
    before, after = block[0] - 1, block[-1] + 1
    return [lines[index] if 0 <= index < len(lines) else "" for index in (before, after)]


def _is_whole(cells: Sequence[Sequence[str]], neighbours: Sequence[str]) -> bool:
    """Return whether rows are a whole grid: no row tells its size, and no line next to them may be one of its rows."""
    width, others = len(cells[0]), len(cells) - 1
    if width == _SIZES and others >= MIN_ROWS and str(others) in cells[0]:
        return False
    before, after = neighbours
    size = [part for part in before.replace(",", " ").split() if part]
    is_size = len(size) == _SIZES and size == [str(len(cells)), str(width)]
    return not _may_be_row(after, width) and (is_size or not _may_be_row(before, width))


def _may_be_row(line: str, width: int) -> bool:
    """Return whether a line is a row of another width, or has the width but cells that were not read."""
    if _row(line):
        return True
    parts = line.replace(",", " ").split()
    return len(parts) == width and 2 * sum(any(sign.isdigit() for sign in part) for part in parts) > width


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
