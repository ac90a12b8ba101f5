"""Giving a program values as variables, by putting assignments at its top."""

import ast
import warnings


def bind(program: str, **values: str) -> str:
    """Return the program with string variables assigned before its first statement.

    ``from __future__`` imports stay in front, as Python demands; a program that does not parse gets the
    assignments at its very top, where they do no harm.
    """
    assignments = "".join(f"{name} = {value!r}\n" for name, value in values.items())
    lines = program.splitlines(keepends=True)
    after = _last_future_line(program)
    head = "".join(lines[:after])
    if head and not head.endswith("\n"):
        head += "\n"
    return head + assignments + "".join(lines[after:])


def _last_future_line(program: str) -> int:
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
