"""Parse grids: nested lists, lines, tables, lists of rows as strings, or all cells in one row."""

import re

from codesteer.symbench.parsing.cleaning import clean, unlatex_list
from codesteer.symbench.parsing.extraction import UnreadableError
from codesteer.symbench.parsing.numbers import parse_integers

_INNER = re.compile(r"[\[({]([^\[\](){}]*)[\])}]")
_QUOTED = re.compile(r"'([^'\n]*)'|\"([^\"\n]*)\"")
_AROUND = " \t\n\"'[](){}"
_RULE = re.compile(r"^[-+|:= ]*$")

Grid = tuple[tuple[str, ...], ...]


def parse_cells(text: str, width: int, single_characters: bool = False) -> Grid:
    """Parse a grid of cells as strings; row lengths are left to the verifier.

    Args:
        text: Nested lists, lines, or a flat list, which is split into rows.
        width: Number of cells in a row of the question's grid.
        single_characters: Whether cells are single characters, so that ``0110`` is a row of four.

    Raises:
        UnreadableError: There are no cells.
    """
    rows = [cells for line in _lines(text) if (cells := _split(line, single_characters))]
    if not rows:
        raise UnreadableError("expected a grid, found no cells")
    if len(rows) == 1:
        return chunked(rows[0], width)
    return tuple(rows)


def parse_grid(text: str, width: int, single_characters: bool = False) -> tuple[tuple[int, ...], ...]:
    """Parse a grid of whole numbers with the rules of ``parse_cells``.

    Raises:
        UnreadableError: There are no cells, or one is not a whole number.
    """
    rows = parse_cells(unlatex_list(text), width, single_characters)
    return tuple(parse_integers(" ".join(row)) for row in rows)


def chunked(cells: tuple[str, ...], width: int) -> Grid:
    """Split a flat list of cells into rows; the last one may be shorter."""
    return tuple(cells[start : start + width] for start in range(0, len(cells), width))


def _lines(text: str) -> list[str]:
    text = clean(text).replace("\\n", "\n")
    groups = _INNER.findall(text)
    if len(groups) > 1:
        return groups
    text = groups[0] if groups else text
    quoted = [first or second for first, second in _QUOTED.findall(text)]
    if any(len(row) > 1 and re.search(r"[\s,]", row.strip()) for row in quoted):
        return quoted
    lines = [line for line in text.replace(";", "\n").split("\n") if not _RULE.match(line)]
    is_flat = bool(groups) and all(line.rstrip().endswith(",") for line in lines[:-1])
    return [" ".join(lines)] if is_flat else lines


def _split(line: str, single_characters: bool) -> tuple[str, ...]:
    line = line.replace("|", " ")
    parts = line.split(",") if "," in line else line.split()
    cells = tuple(cell for part in parts for cell in part.strip(_AROUND).split())
    if single_characters:
        return tuple("".join(cells))
    return cells
