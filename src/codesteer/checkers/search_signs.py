"""Recognises search: candidates are enumerated and tests decide which of them are kept."""

import ast
from collections.abc import Iterator

from codesteer.checkers.enumerations import enumeration_signs
from codesteer.checkers.program_index import (
    COMPREHENSION_TYPES,
    ComprehensionNode,
    FunctionNode,
    ProgramIndex,
    root_name,
)
from codesteer.checkers.signs import Sign
from codesteer.checkers.structure import own_callee, recursive_functions

_COMBINERS = ("permutations", "combinations", "combinations_with_replacement", "product")
_SELECTING = frozenset({"next", "any", "all", "filter", "min", "max"})
_MEMO_DECORATORS = frozenset({"functools.lru_cache", "functools.cache"})
_TEST_TYPES = (ast.If, ast.IfExp, ast.Compare, ast.Assert)
_TAKING = frozenset({"pop", "popleft", "get", "heappop"})
_ADDING = frozenset({"append", "appendleft", "add", "extend", "put", "heappush"})


def search_signs(index: ProgramIndex) -> Iterator[Sign]:
    """Yields the places where a program searches.

    Args:
        index: The program's nodes.
    """
    yield from _combination_signs(index)
    for function in recursive_functions(index).values():
        yield from _recursion_signs(index, function)
    for loop in index.all(ast.While):
        yield from _frontier_signs(index, loop)
    yield from enumeration_signs(index)
    yield from _comprehension_signs(index)


def _combination_signs(index: ProgramIndex) -> Iterator[Sign]:
    for call in index.all(ast.Call):
        name = index.dotted(call.func) or ""
        module, _, bare = name.rpartition(".")
        is_star = not module and "itertools" in index.star_imports
        if bare in _COMBINERS and (module == "itertools" or is_star) and _is_tested(index, call):
            yield Sign("search", call.lineno, f"tests each of itertools.{bare}")


def _is_tested(index: ProgramIndex, source: ast.expr) -> bool:
    """Whether the items of an iterable are put to a test: where they are produced, or where a loop takes them."""
    for ancestor in index.ancestors(source):
        if isinstance(ancestor, ast.Call) and index.dotted(ancestor.func) in _SELECTING:
            return True
        if isinstance(ancestor, (ast.For, ast.AsyncFor, *COMPREHENSION_TYPES)) and _has_test(index, ancestor):
            return True
        if isinstance(ancestor, ast.stmt):
            break
    names = index.stored.get(index.statement_of(source), set())
    takers = (loop for loop in index.all(ast.For) if names & index.loaded.get(loop, set()))
    return any(_has_test(index, loop) for loop in takers) or _is_named_in_test(index, names)


def _is_named_in_test(index: ProgramIndex, names: set[str]) -> bool:
    return any(clause.ifs and root_name(clause.iter) in names for clause in index.all(ast.comprehension))


def _has_test(index: ProgramIndex, node: ast.AST) -> bool:
    if next(index.inside(node, *_TEST_TYPES), None) is not None:
        return True
    return any(clause.ifs for clause in index.inside(node, ast.comprehension))


def _recursion_signs(index: ProgramIndex, function: FunctionNode) -> Iterator[Sign]:
    calls = [call for call in index.inside(function, ast.Call) if own_callee(index, call) == function.name]
    if not calls or not _has_test(index, function):
        return
    if any(index.dotted(_undecorated(part)) in _MEMO_DECORATORS for part in function.decorator_list):
        yield Sign("search", function.lineno, f"recurses with memory in {function.name}")
    elif any(_in_loop(index, call) for call in calls):
        yield Sign("search", function.lineno, f"backtracks in {function.name}")
    elif len(calls) > 1:
        yield Sign("search", function.lineno, f"tries alternatives recursively in {function.name}")


def _undecorated(decorator: ast.expr) -> ast.expr:
    return decorator.func if isinstance(decorator, ast.Call) else decorator


def _in_loop(index: ProgramIndex, call: ast.Call) -> bool:
    in_comprehension = any(isinstance(node, COMPREHENSION_TYPES) for node in index.ancestors(call))
    return in_comprehension or next(index.loops_around(call), None) is not None


def _frontier_signs(index: ProgramIndex, loop: ast.While) -> Iterator[Sign]:
    """Looks for a loop that runs while a collection has items, takes from it and adds to it."""
    waiting = index.loaded.get(loop, set())
    if not waiting:
        is_constant = isinstance(loop.test, ast.Constant)
        waiting = {name for names in index.stored.values() for name in names} if is_constant else waiting
    taken, added = _users(index, loop, _TAKING), _users(index, loop, _ADDING)
    for name in sorted(waiting & taken & added):
        if any(_has_test(index, statement) for statement in loop.body):
            yield Sign("search", loop.lineno, f"explores states from {name}")


def _users(index: ProgramIndex, loop: ast.While, methods: frozenset[str]) -> set[str]:
    """Names the collections that one of the methods, or a function of that name, is applied to in a loop."""
    found: set[str] = set()
    for call in index.inside(loop, ast.Call):
        imported = index.imported(call.func)
        if imported is not None and imported.rpartition(".")[2] in methods and call.args:
            found.add(root_name(call.args[0]) or "")
        elif isinstance(call.func, ast.Attribute) and call.func.attr in methods:
            found.add(root_name(call.func.value) or "")
    return found - {""}


def _comprehension_signs(index: ProgramIndex) -> Iterator[Sign]:
    nodes: list[ComprehensionNode] = [*index.all(ast.GeneratorExp), *index.all(ast.ListComp)]
    nodes += [*index.all(ast.SetComp), *index.all(ast.DictComp)]
    for node in nodes:
        parent = index.parents[node]
        tests = any(clause.ifs for clause in node.generators)
        is_listed = all(isinstance(clause.iter, (ast.Tuple, ast.List)) for clause in node.generators)
        is_picked = isinstance(parent, ast.Call) and index.dotted(parent.func) in ("next", "min", "max")
        if tests and len(node.generators) > 1 and not is_listed:
            yield Sign("search", node.lineno, "filters combinations in a comprehension")
        elif tests and is_picked:
            yield Sign("search", node.lineno, "picks the candidate that passes a test")
        elif any(_tries_all(index, test) for clause in node.generators for test in clause.ifs):
            yield Sign("search", node.lineno, "keeps the candidates that pass all tests")


def _tries_all(index: ProgramIndex, test: ast.expr) -> bool:
    """Whether a condition goes through a second sequence for each candidate."""
    return any(index.dotted(call.func) in ("any", "all") for call in index.inside(test, ast.Call))
