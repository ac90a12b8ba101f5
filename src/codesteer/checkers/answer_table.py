"""Finds answers that are looked up in a table which the model wrote down."""

import ast
from collections.abc import Iterator

from codesteer.checkers import origins as o
from codesteer.checkers.answer_origin import literal_outputs
from codesteer.checkers.code_report import AnswerOrigin, Finding
from codesteer.checkers.dataflow import Flow
from codesteer.checkers.known_calls import QUESTION
from codesteer.checkers.program_index import ProgramIndex, root_name

_MIN_ENTRIES = 2
_MIN_CASES = 3


def answer_tables(index: ProgramIndex, flow: Flow, origin: AnswerOrigin) -> Iterator[Finding]:
    """Yields hard-coded tables of answers: a literal dict that the printed literal comes from, or a chain of cases.

    Args:
        index: The program's nodes.
        flow: Its data flow.
        origin: Where its answer comes from.
    """
    if origin in ("literal", "mixed"):
        yield from _dictionaries(index, flow)
    yield from _chains(index)


def _dictionaries(index: ProgramIndex, flow: Flow) -> Iterator[Finding]:
    shown = {
        name
        for output in literal_outputs(flow)
        for name in index.loaded.get(index.statement_of(output.call), ())
    }
    for assignment in index.all(ast.Assign):
        names = index.stored.get(assignment, set())
        if _is_constant_table(assignment.value) and (names & shown or _is_looked_up(index, names)):
            entries = len(assignment.value.keys)  # type: ignore[attr-defined]  # checked by _is_constant_table
            message = f"The answer comes out of a table of {entries} entries that the program contains."
            yield Finding(kind="answer_table", line=assignment.lineno, message=message)


def _is_constant_table(node: ast.expr) -> bool:
    if not isinstance(node, ast.Dict) or len(node.keys) < _MIN_ENTRIES:
        return False
    return all(isinstance(value, ast.Constant) for value in node.values)


def _is_looked_up(index: ProgramIndex, names: set[str]) -> bool:
    """Whether one entry, or the question's, is taken out of one of the named tables."""
    for cell in index.all(ast.Subscript):
        key = cell.slice
        is_fixed = isinstance(key, ast.Constant) or (isinstance(key, ast.Name) and key.id == QUESTION)
        if is_fixed and isinstance(cell.ctx, ast.Load) and root_name(cell.value) in names:
            return True
    return False


def _chains(index: ProgramIndex) -> Iterator[Finding]:
    for first in index.all(ast.If):
        parent = index.parents[first]
        if isinstance(parent, ast.If) and parent.orelse == [first]:
            continue
        cases = _cases(first)
        if cases >= _MIN_CASES and _subject(first) == QUESTION:
            message = f"The answer is picked from {cases} cases that compare the question with constants."
            yield Finding(kind="answer_table", line=first.lineno, message=message)


def _cases(first: ast.If) -> int:
    """Counts the cases of a chain that compare one subject with constants and give a constant each."""
    subject, count = _subject(first), 0
    node: ast.stmt | None = first
    while (
        isinstance(node, ast.If)
        and subject is not None
        and _subject(node) == subject
        and _gives_constant(node)
    ):
        count += 1
        node = node.orelse[0] if len(node.orelse) == 1 else None
    return count


def _subject(node: ast.If) -> str | None:
    """Names the variable that a test compares with a constant, or looks for a constant in."""
    test = node.test
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return None
    sides = (test.left, test.comparators[0])
    names = [side.id for side in sides if isinstance(side, ast.Name)]
    constants = [side for side in sides if isinstance(side, ast.Constant)]
    return names[0] if names and constants else None


def _gives_constant(node: ast.If) -> bool:
    """Whether a case does nothing but set, return or print constants."""
    for statement in node.body:
        value = getattr(statement, "value", None)
        shown = value.args if isinstance(value, ast.Call) else [value]
        if not all(isinstance(part, ast.Constant) and o.of_constant(part.value) for part in shown):
            return False
    return True
