"""Give a program its data: variables and files, by statements before its first one."""

import ast
import base64
import io
import warnings
from collections.abc import Mapping
from typing import NamedTuple

_BLANKS = " \t\f"

WRITE_FILES = """\
def _write_files(files):
    import base64, contextlib, os
    for name, content in files.items():
        with contextlib.suppress(OSError):
            os.remove(name)
        with open(name, "wb") as file:
            file.write(base64.b64decode(content))
        with contextlib.suppress(OSError):
            os.chmod(name, 0o444)
_write_files({files!r}); del _write_files
"""


def define_variables(program: str, files: Mapping[str, bytes] | None = None, /, **values: object) -> str:
    """Return the program with variables assigned, and files written to its folder, before its first statement.

    The docstring and ``from __future__`` imports stay first, as Python requires. In a program that does not parse, the
    statements go to the top.

    Args:
        program: the program.
        files: the content of each file by its name; read-only for the program.
        values: literals of Python by the names of the variables.
    """
    assignments = "".join(f"{name} = {value!r}\n" for name, value in values.items())
    return insert_statements(program, _writing(files or {}) + assignments)


def insert_statements(program: str, statements: str) -> str:
    """Return the program with statements, whole lines, before its first one but after its docstring."""
    program = program.removeprefix("\ufeff")  # a byte-order mark counts only at the very beginning
    last = _last_introductory_statement(program)
    if last is None:
        return statements + program
    # A text stream ends lines where Python does; ``str.splitlines`` does so at more characters.
    lines = list(io.StringIO(program, newline=""))
    before, line, following = lines[: last.line - 1], lines[last.line - 1], lines[last.line :]
    first, rest = (part.decode() for part in (line.encode()[: last.column], line.encode()[last.column :]))
    if rest.lstrip(_BLANKS).startswith(";"):
        line, rest = f"{first}\n", rest.lstrip(f"{_BLANKS};")
    else:
        line, rest = line if line.endswith(("\n", "\r")) else f"{line}\n", ""
    return "".join([*before, line, statements, rest, *following])


def _writing(files: Mapping[str, bytes]) -> str:
    if not files:
        return ""
    encoded = {name: base64.b64encode(data).decode() for name, data in files.items()}
    return WRITE_FILES.format(files=encoded)


class _End(NamedTuple):
    """Where a statement ends."""

    line: int
    column: int
    """In bytes of UTF-8."""


def _last_introductory_statement(program: str) -> _End | None:
    """Return the end of the last ``from __future__`` import, or of the docstring if there is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(program)
        except (SyntaxError, ValueError, RecursionError, MemoryError, SystemError):
            return None
    docstring = tree.body[:1] if ast.get_docstring(tree, clean=False) is not None else []
    imports = [s for s in tree.body if isinstance(s, ast.ImportFrom) and s.module == "__future__"]
    ends = [_End(s.end_lineno or 0, s.end_col_offset or 0) for s in (*docstring, *imports)]
    return max(ends, default=None)
