"""Parse grids: nested lists, lines, tables, lists of rows as strings, or all cells in one row."""

import re

from codesteer.replies.latex import strip_latex_commands
from codesteer.symbench.parsing.cleaning import clean, unlatex_list
from codesteer.symbench.parsing.corrections import denies
from codesteer.symbench.parsing.extraction import UnreadableError
from codesteer.symbench.parsing.lists import plain_rows
from codesteer.symbench.parsing.matrices import plain_matrix
from codesteer.symbench.parsing.numbers import parse_integers

_INNER = re.compile(r"[\[({]([^\[\](){}]*)[\])}]")
_QUOTED = re.compile(r"'([^'\n]*)'|\"([^\"\n]*)\"")
_AROUND = " \t\n\"'[](){}"
_RULE = re.compile(r"^[-+|:= ]*$")
_WORD = re.compile(r"[^\W\d_]{2,}")
_BREAK = re.compile(r"\s?<br\s?/?>\s?", re.IGNORECASE)
_ROW_SLASH = re.compile(r"(?<=\S)[ \t]/[ \t](?=\S)")
_ESCAPED = re.compile(r"\\([^\w\s\\])")
_MATHEMATICS = re.compile(r"\\(?:left|right|quad|qquad)(?![a-z])|\\[()\[\],;]")
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "\\ast": "*"}

Grid = tuple[tuple[str, ...], ...]


def parse_cells(text: str, width: int, alphabet: str = "") -> Grid:
    """Parse a grid of cells as strings; row lengths are left to the verifier.

    Args:
        text: Nested lists, lines, or a flat list, which is split into rows.
        width: Number of cells in a row of the question's grid.
        alphabet: The cells that are possible if each is a single character, so that ``0110`` is a row of four.

    Raises:
        UnreadableError: There are no cells, or there are words of other letters.
    """
    text = _plain_symbols(text, alphabet) if alphabet else text
    lines = _lines(text, alphabet)
    if alphabet and any(set(word) - set(alphabet) for line in lines for word in _WORD.findall(line)):
        raise UnreadableError("expected a grid, found words")
    rows = [cells for line in lines if (cells := _split(line, bool(alphabet)))]
    if not rows:
        raise UnreadableError("expected a grid, found no cells")
    if len(rows) == 1:
        return chunked(rows[0], width)
    return tuple(rows)


def parse_grid(text: str, width: int, alphabet: str = "") -> tuple[tuple[int, ...], ...]:
    """Parse a grid of whole numbers with the rules of ``parse_cells``.

    Raises:
        UnreadableError: There are no cells, or one is not a whole number.
    """
    text = _ROW_SLASH.sub("\n", unlatex_list(plain_matrix(text)))
    return tuple(parse_integers(" ".join(row)) for row in parse_cells(text, width, alphabet))


def chunked(cells: tuple[str, ...], width: int) -> Grid:
    """Split a flat list of cells into rows; the last one may be shorter."""
    return tuple(cells[start : start + width] for start in range(0, len(cells), width))


def _plain_symbols(text: str, alphabet: str) -> str:
    """Remove LaTeX and escapes, but no character of the alphabet."""
    text = plain_matrix(text)
    for written, sign in _ENTITIES.items():
        text = text.replace(written, sign)
    text = _ESCAPED.sub(lambda sign: sign[1] if sign[1] in alphabet else sign[0], strip_latex_commands(text))
    text = _MATHEMATICS.sub(" ", text)
    text = text if "$" in alphabet else text.replace("$", " ")
    return text if "/" in alphabet else _ROW_SLASH.sub("\n", text)


def _lines(text: str, alphabet: str) -> list[str]:
    text = _BREAK.sub("\n", clean(text).replace("\\n", "\n"))
    groups = _INNER.findall(text)
    if groups and denies(_INNER.sub(" ", text).strip(_AROUND)):
        raise UnreadableError("the words around the grid deny it")
    if len(groups) > 1:
        return groups
    text = groups[0] if groups else text
    quoted = [first or second for first, second in _QUOTED.findall(text)]
    if any(len(row) > 1 and re.search(r"[\s,]", row.strip()) for row in quoted):
        return quoted
    lines = [line for line in text.replace(";", "\n").split("\n") if not _RULE.match(line)]
    lines = plain_rows("\n".join(lines), alphabet).split("\n")
    is_flat = bool(groups) and all(line.rstrip().endswith(",") for line in lines[:-1])
    return [" ".join(lines)] if is_flat else lines


def _split(line: str, single_characters: bool) -> tuple[str, ...]:
    line = line.replace("|", " ")
    parts = line.split(",") if "," in line else line.split()
    cells = tuple(cell for part in parts for cell in part.strip(_AROUND).split())
    if single_characters:
        return tuple("".join(cells))
    return cells
