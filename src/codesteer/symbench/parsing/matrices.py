r"""Write the matrices of LaTeX as lines: ``\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}``."""

import re

_BEGIN = re.compile(r"\\begin\s?\{(?:\w{0,9}matrix|array|tabular)\*?\}(?:\s?\{[^{}]{0,40}\})?")
_CELL = re.compile(r"(?<!\\)&")
_ROW = re.compile(r"\\\\(?:\[[^\[\]]{0,9}\])?|\\(?:newline|cr)(?![a-z])")
_RULE = re.compile(r"\\hline(?![a-z])")
_AFTER = re.compile(r"\\end\s?\{[a-zA-Z]{1,12}\*?\}[\s$.)\]}|\\]{0,9}(?:\\right\W{0,2})?[\s$.)\]}|\\]{0,9}")


def plain_matrix(text: str) -> str:
    """Return the rows of the only matrix in a text as lines with commas; a text without one unchanged."""
    begin = _BEGIN.search(text)
    if begin is None:
        return text
    end = text.find("\\end", begin.end())
    if end < 0 or not _AFTER.fullmatch(text, end):
        return text
    rows = _ROW.sub("\n", _CELL.sub(",", _RULE.sub("", text[begin.end() : end])))
    return "\n".join(row.strip() for row in rows.split("\n") if row.strip())
