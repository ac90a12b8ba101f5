"""Define variables in a program by inserting assignments."""

import ast
import warnings


def define_variables(program: str, **values: object) -> str:
    """Return the program with variables assigned before its first statement; values are literals of Python.

    ``from __future__`` imports stay first, as Python requires. In a program that does not parse, the assignments go
    to the top.
    """
    assignments = "".join(f"{name} = {value!r}\n" for name, value in values.items())
    lines = program.splitlines(keepends=True)
    after = _last_future_import_line(program)
    head = "".join(lines[:after])
    if head and not head.endswith("\n"):
        head += "\n"
    return head + assignments + "".join(lines[after:])


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
