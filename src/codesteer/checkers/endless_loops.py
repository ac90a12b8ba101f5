"""Finds loops that look as if they never ended."""

import ast
from collections.abc import Iterator

from codesteer.checkers.code_report import Finding
from codesteer.checkers.known_calls import EXITS
from codesteer.checkers.program_index import FUNCTION_TYPES, LoopNode, ProgramIndex

_LEAVING = (ast.Return, ast.Raise, ast.Yield, ast.YieldFrom, ast.Assert)
_CHANGING = (ast.Call, ast.Subscript, ast.Attribute)
"""What may change an object that a statement seems only to read."""


def endless_loops(index: ProgramIndex) -> Iterator[Finding]:
    """Yields loops that nothing ends: `while True` and the like without a way out.

    A loop whose test cannot change counts too: the body neither sets a variable of the test nor calls anything that
    might change one. So does `for` over `itertools.count()` or `cycle()`.

    Args:
        index: The program's nodes.
    """
    for loop in index.all(ast.While):
        if _is_true(loop.test) and not _has_way_out(index, loop):
            message = "This loop runs for ever: its condition is always true and nothing leaves it."
            yield Finding(kind="endless_loop", line=loop.lineno, message=message)
        elif _is_frozen(index, loop) and not _has_way_out(index, loop):
            message = "This loop looks endless: its body never changes what its condition tests."
            yield Finding(kind="endless_loop", line=loop.lineno, message=message)
    for stepping in index.all(ast.For):
        source = stepping.iter
        name = index.dotted(source.func) if isinstance(source, ast.Call) else None
        if name in ("itertools.count", "itertools.cycle") and not _has_way_out(index, stepping):
            message = f"This loop runs for ever: nothing leaves it and {name} never ends."
            yield Finding(kind="endless_loop", line=stepping.lineno, message=message)


def _is_true(test: ast.expr) -> bool:
    return isinstance(test, ast.Constant) and bool(test.value)


def _has_way_out(index: ProgramIndex, loop: LoopNode) -> bool:
    function = index.function_of(loop)
    if any(index.function_of(leaving) is function for leaving in index.inside(loop, *_LEAVING)):
        return True
    if _may_fail_out(index, loop) or any(
        index.dotted(call.func) in EXITS for call in index.inside(loop, ast.Call)
    ):
        return True
    return any(next(index.loops_around(leaving), None) is loop for leaving in index.inside(loop, ast.Break))


def _may_fail_out(index: ProgramIndex, loop: LoopNode) -> bool:
    """Whether an exception that is caught around the loop may end it, as when `pop` finds nothing left."""
    inner: ast.AST = loop
    for ancestor in index.ancestors(loop):
        if isinstance(ancestor, FUNCTION_TYPES):
            return False
        if isinstance(ancestor, ast.Try) and ancestor.handlers and inner in ancestor.body:
            return next(index.inside(loop, *_CHANGING), None) is not None
        inner = ancestor
    return False


def _is_frozen(index: ProgramIndex, loop: ast.While) -> bool:
    """Whether a test depends on variables only and the body neither sets one nor hands one out."""
    names = {name.id for name in index.inside(loop.test, ast.Name)}
    if not names or next(index.inside(loop.test, *_CHANGING, ast.NamedExpr), None) is not None:
        return False
    for statement in loop.body:
        could_change = next(index.inside(statement, *_CHANGING), None) is not None
        for name in index.inside(statement, ast.Name):
            if name.id in names and (could_change or not isinstance(name.ctx, ast.Load)):
                return False
    return not _is_shared(index, names)


def _is_shared(index: ProgramIndex, names: set[str]) -> bool:
    """Whether a function may set one of the variables from elsewhere."""
    declared: list[ast.Global | ast.Nonlocal] = [*index.all(ast.Global), *index.all(ast.Nonlocal)]
    return any(names.intersection(part.names) for part in declared)
