"""Read grids: nested lists, lines, tables, or all cells in one row."""

import re

from codesteer.symbench.parsing.cleaning import plain, unlatex_list
from codesteer.symbench.parsing.numbers import parse_integers
from codesteer.symbench.parsing.spans import UnreadableError

_INNER = re.compile(r"[\[({]([^\[\](){}]*)[\])}]")
_RULE = re.compile(r"^[-+|:= ]*$")

Grid = tuple[tuple[str, ...], ...]


def parse_cells(text: str, width: int, glued: bool = False) -> Grid:
    """A grid of cells as strings; its rows may differ in length, which is the verifier's business.

    Args:
        text: Nested lists, lines, or a flat list, which is cut into rows.
        width: How many cells a row of the question's grid has.
        glued: Whether cells are single characters, so that ``0110`` is a row of four.

    Raises:
        UnreadableError: There is no cell.
    """
    rows = [cells for line in _lines(text) if (cells := _split(line, glued))]
    if not rows:
        raise UnreadableError("expected a grid, found no cell")
    if len(rows) == 1:
        return chunked(rows[0], width)
    return tuple(rows)


def parse_grid(text: str, width: int, glued: bool = False) -> tuple[tuple[int, ...], ...]:
    """A grid of whole numbers, as ``parse_cells`` reads it.

    Raises:
        UnreadableError: There is no cell, or one is not a whole number.
    """
    rows = parse_cells(unlatex_list(text), width, glued)
    return tuple(parse_integers(" ".join(row)) for row in rows)


def chunked(cells: tuple[str, ...], width: int) -> Grid:
    """A flat list of cells cut into rows; the last one may be shorter."""
    return tuple(cells[start : start + width] for start in range(0, len(cells), width))


def _lines(text: str) -> list[str]:
    text = plain(text)
    groups = _INNER.findall(text)
    if len(groups) > 1:
        return groups
    lines = (groups[0] if groups else text).replace(";", "\n").split("\n")
    return [line for line in lines if not _RULE.match(line)]


def _split(line: str, glued: bool) -> tuple[str, ...]:
    line = line.replace("|", " ")
    parts = line.split(",") if "," in line else line.split()
    cells = tuple(cell for part in parts if (cell := part.strip(" \t\"'[](){}")))
    if glued:
        return tuple("".join(cells))
    return cells
