"""Recognises loops that try candidates: what the loop steps through is tested, and success ends or records it."""

import ast
from collections.abc import Iterable, Iterator

from codesteer.checkers.program_index import LOOP_TYPES, LoopNode, ProgramIndex
from codesteer.checkers.signs import Sign

_ORDERINGS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_Setting = ast.Assign | ast.AugAssign | ast.AnnAssign | ast.For


def enumeration_signs(index: ProgramIndex) -> Iterator[Sign]:
    """Yields loops whose candidates are tested.

    A candidate is a loop's variable, a counter that a `while` advances, or what is made from those. The test counts
    when it ends the loop, when it keeps the best candidate so far, or when it records one out of nested loops.

    Args:
        index: The program's nodes.
    """
    candidates = _candidates(index)
    for test in index.all(ast.If):
        loops = list(index.loops_around(test))
        if not loops:
            continue
        tried = candidates.get(loops[-1], set())
        if index.loaded.get(test, set()) & tried:
            words = _success(index, test, tried, depth=len(loops))
            if words:
                yield Sign("search", test.lineno, words)


def _success(index: ProgramIndex, test: ast.If, tried: set[str], *, depth: int) -> str:
    body = list(_straight(test.body))
    if any(isinstance(part, (ast.Break, ast.Return)) for part in body):
        return "stops at the first candidate that passes a test"
    kept = [part for part in body if index.loaded.get(part, set()) & tried]
    compared = index.loaded.get(test, set())
    is_ordering = any(
        isinstance(part, ast.Compare) and isinstance(part.ops[0], _ORDERINGS) for part in _tests(test)
    )
    if is_ordering and any(_replaces(index, part, compared, tried) for part in kept):
        return "keeps the best candidate so far"
    records = [part for part in kept if isinstance(part, (ast.Expr, ast.Assign))]
    return "records the combinations that pass a test" if records and depth > 1 else ""


def _replaces(index: ProgramIndex, part: ast.stmt, compared: set[str], tried: set[str]) -> bool:
    """Whether a statement puts a candidate in place of a value that it was compared with."""
    stored = index.stored.get(part, set())
    return bool(stored & compared) and bool(index.loaded.get(part, set()) & tried - stored)


def _tests(test: ast.If) -> Iterator[ast.expr]:
    yield from test.test.values if isinstance(test.test, ast.BoolOp) else (test.test,)


def _straight(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yields statements that run at most once each time the body runs."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If):
            yield from _straight([*statement.body, *statement.orelse])
        elif isinstance(statement, (ast.With, ast.Try)):
            yield from _straight(statement.body)


def _candidates(index: ProgramIndex) -> dict[LoopNode, set[str]]:
    """Collects, for each outermost loop, the variables that hold candidates."""
    settings: dict[LoopNode, list[_Setting]] = {}
    kinds: tuple[_Setting, ...] = (
        *index.all(ast.For),
        *index.all(ast.Assign),
        *index.all(ast.AugAssign),
        *index.all(ast.AnnAssign),
    )
    for setting in sorted(kinds, key=lambda node: (node.lineno, node.col_offset)):
        around = list(index.loops_around(setting))
        outermost = around[-1] if around else setting
        if isinstance(outermost, LOOP_TYPES):
            settings.setdefault(outermost, []).append(setting)
    return {loop: _spread(index, parts) for loop, parts in settings.items()}


def _spread(index: ProgramIndex, settings: list[_Setting]) -> set[str]:
    tried: set[str] = set()
    for setting in settings:
        stored = index.stored.get(setting, set())
        is_stepping = isinstance(setting, ast.For) or _is_counter(setting)
        if is_stepping or index.loaded.get(setting, set()) & tried:
            tried |= stored
    return tried


def _is_counter(setting: _Setting) -> bool:
    return isinstance(setting, ast.AugAssign) and isinstance(setting.value, ast.Constant)
