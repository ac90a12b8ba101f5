"""Give a program its data: variables and files, by statements before its first one."""

import ast
import base64
import warnings
from collections.abc import Mapping

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

    ``from __future__`` imports stay first, as Python requires. In a program that does not parse, the statements go to
    the top.

    Args:
        program: the program.
        files: the content of each file by its name; read-only for the program.
        values: literals of Python by the names of the variables.
    """
    assignments = "".join(f"{name} = {value!r}\n" for name, value in values.items())
    return insert_statements(program, _writing(files or {}) + assignments)


def insert_statements(program: str, statements: str) -> str:
    """Return the program with statements, whole lines, before its first one."""
    lines = program.splitlines(keepends=True)
    after = _last_future_import_line(program)
    head = "".join(lines[:after])
    if head and not head.endswith("\n"):
        head += "\n"
    return head + statements + "".join(lines[after:])


def _writing(files: Mapping[str, bytes]) -> str:
    if not files:
        return ""
    encoded = {name: base64.b64encode(data).decode() for name, data in files.items()}
    return WRITE_FILES.format(files=encoded)


def _last_future_import_line(program: str) -> int:
    if "__future__" not in program:
        return 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            body = ast.parse(program).body
        except (SyntaxError, ValueError, RecursionError, MemoryError, SystemError):
            return 0
    ends = [s.end_lineno or 0 for s in body if isinstance(s, ast.ImportFrom) and s.module == "__future__"]
    return max(ends, default=0)
