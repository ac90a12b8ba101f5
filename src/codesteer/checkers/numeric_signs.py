"""Recognises calculation: arithmetic on values, not on indices and loop counters."""

import ast
from collections.abc import Iterator

from codesteer.checkers.dataflow import Flow
from codesteer.checkers.program_index import ProgramIndex
from codesteer.checkers.signs import Sign

_CALCULATING = frozenset({"sum", "pow", "divmod"})


def numeric_signs(index: ProgramIndex, flow: Flow) -> Iterator[Sign]:
    """Yields the places where a program calculates.

    Args:
        index: The program's nodes.
        flow: Its data flow, which knows a concatenation from a sum.
    """
    for line in sorted(flow.arithmetic - _counting_lines(index)):
        yield Sign("numeric", line, "calculates")
    for call in index.all(ast.Call):
        if isinstance(call.func, ast.Name) and call.func.id in _CALCULATING:
            yield Sign("numeric", call.lineno, f"calls {call.func.id}")
        elif isinstance(call.func, ast.Attribute) and call.func.attr == "count" and len(call.args) == 1:
            yield Sign("numeric", call.lineno, "counts occurrences")


def _counting_lines(index: ProgramIndex) -> set[int]:
    """Returns the lines that advance a counter which serves as an index or ends a loop."""
    steering = {name for loop in index.all(ast.While) for name in index.loaded.get(loop, set())}
    for cell in index.all(ast.Subscript):
        if isinstance(cell.slice, ast.Name):
            steering.add(cell.slice.id)
    return {
        addition.lineno
        for addition in index.all(ast.AugAssign)
        if isinstance(addition.value, ast.Constant)
        and isinstance(addition.target, ast.Name)
        and addition.target.id in steering
    }
