"""Recognises manipulation of symbols: text, lists and grids are rewritten by rules."""

import ast
from collections import Counter
from collections.abc import Iterator

from codesteer.checkers.program_index import COMPREHENSION_TYPES, LOOP_TYPES, ProgramIndex, root_name
from codesteer.checkers.signs import Sign
from codesteer.checkers.structure import own_callee

_REWRITING = frozenset({"translate", "maketrans", "swapcase"})
_EDITING = frozenset({"insert", "replace", "remove", "removeprefix", "removesuffix"})
_CHARACTER_CODES = frozenset({"ord", "chr"})


def symbolic_signs(index: ProgramIndex) -> Iterator[Sign]:
    """Yields the places where a program rewrites symbols.

    Args:
        index: The program's nodes.
    """
    yield from _call_signs(index)
    yield from _slice_signs(index)
    yield from _store_signs(index)
    yield from _stack_signs(index)
    yield from _building_signs(index)


def _call_signs(index: ProgramIndex) -> Iterator[Sign]:
    replacements = 0
    for call in index.all(ast.Call):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else index.dotted(call.func)
        if index.imported(call.func) is not None:
            continue
        replacements += name == "replace"
        if name in _REWRITING:
            yield Sign("symbolic", call.lineno, f"rewrites text with {name}")
        elif name in _EDITING and (_repeats(index, call) or replacements > 1):
            yield Sign("symbolic", call.lineno, f"edits step by step with {name}")
        elif name in _CHARACTER_CODES:
            yield Sign("symbolic", call.lineno, f"maps characters with {name}")
        elif name == "zip" and call.args and isinstance(call.args[0], ast.Starred):
            yield Sign("symbolic", call.lineno, "transposes a grid")
        elif name in ("reversed", "reverse"):
            yield Sign("symbolic", call.lineno, "reverses a sequence")


def _repeats(index: ProgramIndex, node: ast.AST) -> bool:
    return any(
        isinstance(ancestor, (*LOOP_TYPES, *COMPREHENSION_TYPES)) for ancestor in index.ancestors(node)
    )


def _slice_signs(index: ProgramIndex) -> Iterator[Sign]:
    for cut in index.all(ast.Slice):
        subscript = index.parents[cut]
        parent = index.parents[subscript]
        line = getattr(subscript, "lineno", 0)
        if isinstance(cut.step, ast.UnaryOp) and isinstance(cut.step.op, ast.USub):
            yield Sign("symbolic", line, "reverses a sequence")
        elif isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Add):
            yield Sign("symbolic", line, "rebuilds a sequence from slices")
        elif isinstance(parent, (ast.Assign, ast.Delete)) and not _is_value(parent, subscript):
            yield Sign("symbolic", line, "replaces a slice in place")


def _is_value(parent: ast.Assign | ast.Delete, node: ast.AST) -> bool:
    return isinstance(parent, ast.Assign) and parent.value is node


def _store_signs(index: ProgramIndex) -> Iterator[Sign]:
    for cell in index.all(ast.Subscript):
        is_stored = isinstance(cell.ctx, ast.Store)
        is_grid = isinstance(cell.value, ast.Subscript) or isinstance(cell.slice, ast.Tuple)
        if not is_stored or not _repeats(index, cell):
            continue
        if is_grid:
            yield Sign("symbolic", cell.lineno, "changes a grid cell by cell")
        elif _derives(index, cell):
            yield Sign("symbolic", cell.lineno, "derives entries from earlier ones")


def _derives(index: ProgramIndex, cell: ast.Subscript) -> bool:
    """Whether an entry is set by logic on other entries of the same table."""
    assignment = index.parents[cell]
    if not isinstance(assignment, ast.Assign):
        return False
    is_logic = isinstance(assignment.value, (ast.Compare, ast.BoolOp, ast.UnaryOp, ast.IfExp))
    sources = index.inside(assignment.value, ast.Subscript)
    return is_logic and root_name(cell) in [root_name(source) for source in sources]


def _stack_signs(index: ProgramIndex) -> Iterator[Sign]:
    """Looks for `for` loops over tokens that put on a stack and take from it."""
    for loop in index.all(ast.For):
        used: Counter[tuple[str | None, str]] = Counter()
        for call in index.inside(loop, ast.Call):
            if isinstance(call.func, ast.Attribute) and call.func.attr in ("append", "pop"):
                used[root_name(call.func.value), call.func.attr] += 1
        stacks = {name for name, method in used if method == "append"}
        is_inner = next(index.loops_around(loop), None) is not None
        if any((name, "pop") in used for name in stacks) and not is_inner and not _recurses(index, loop):
            yield Sign("symbolic", loop.lineno, "keeps a stack while it reads symbols")


def _recurses(index: ProgramIndex, loop: ast.For) -> bool:
    """Whether a loop calls the function it stands in, so that taking back is part of a search."""
    function = index.function_of(loop)
    names = {own_callee(index, call) for call in index.inside(loop, ast.Call)}
    return function is not None and function.name in names


def _building_signs(index: ProgramIndex) -> Iterator[Sign]:
    texts = {
        target.id
        for assignment in index.all(ast.Assign)
        for target in assignment.targets
        if isinstance(target, ast.Name) and _is_text(assignment.value)
    }
    for addition in index.all(ast.AugAssign):
        if root_name(addition.target) in texts and any(index.loops_around(addition)):
            yield Sign("symbolic", addition.lineno, "builds text symbol by symbol")
    for call in index.all(ast.Call):
        if (
            isinstance(call.func, ast.Attribute)
            and call.func.attr == "join"
            and call.args
            and _transforms(call.args[0])
        ):
            yield Sign("symbolic", call.lineno, "joins transformed symbols")


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _transforms(joined: ast.expr) -> bool:
    """Whether the joined parts are changed or selected on the way, not only converted to text."""
    if isinstance(joined, ast.Call):
        return isinstance(joined.func, ast.Name) and joined.func.id == "sorted"
    if not isinstance(joined, (ast.GeneratorExp, ast.ListComp)):
        return False
    if any(clause.ifs for clause in joined.generators):
        return True
    element = joined.elt
    is_formatting = isinstance(element, (ast.Name, ast.JoinedStr, ast.Constant))
    is_converting = isinstance(element, ast.Call) and not (
        isinstance(element.func, ast.Name) and element.func.id not in ("str", "repr", "format")
    )
    return not is_formatting and not is_converting
