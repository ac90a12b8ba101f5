"""Counts what a program is made of and finds its recursive functions."""

import ast

from codesteer.checkers.code_report import CodeCounts
from codesteer.checkers.program_index import (
    COMPREHENSION_TYPES,
    FUNCTION_TYPES,
    ComprehensionNode,
    FunctionNode,
    LoopNode,
    ProgramIndex,
)


def count_structure(index: ProgramIndex, program: str) -> CodeCounts:
    """Counts a program's parts; the fields of `CodeCounts` say what each figure counts.

    Args:
        index: The program's nodes.
        program: Its text, for the number of lines.
    """
    loops: list[LoopNode] = [*index.all(ast.For), *index.all(ast.AsyncFor), *index.all(ast.While)]
    comprehensions = _comprehensions(index)
    return CodeCounts(
        lines=len(program.splitlines()),
        functions=len(functions_of(index)),
        classes=len(list(index.all(ast.ClassDef))),
        loops=len(loops),
        loop_depth=max((1 + len(list(index.loops_around(loop))) for loop in loops), default=0),
        branches=_branches(index),
        comprehensions=len(comprehensions),
        comprehension_depth=max((_clauses_around(index, node) for node in comprehensions), default=0),
        recursive_functions=len(recursive_functions(index)),
        imports=len(index.modules),
    )


def functions_of(index: ProgramIndex) -> list[FunctionNode]:
    """Returns every function and method, outer ones first."""
    return [*index.all(ast.FunctionDef), *index.all(ast.AsyncFunctionDef)]


def _comprehensions(index: ProgramIndex) -> list[ComprehensionNode]:
    lists, dicts = index.all(ast.ListComp), index.all(ast.DictComp)
    return [*lists, *index.all(ast.SetComp), *dicts, *index.all(ast.GeneratorExp)]


def _branches(index: ProgramIndex) -> int:
    plain = sum(len(index.nodes.get(kind, [])) for kind in (ast.If, ast.IfExp, ast.match_case))
    return plain + sum(len(clause.ifs) for clause in index.all(ast.comprehension))


def _clauses_around(index: ProgramIndex, node: ComprehensionNode) -> int:
    """Counts the clauses of a comprehension and of those it is an element of."""
    clauses = len(node.generators)
    for ancestor in index.ancestors(node):
        if isinstance(ancestor, (ast.stmt, ast.Lambda)):
            break
        if isinstance(ancestor, COMPREHENSION_TYPES):
            clauses += len(ancestor.generators)
    return clauses


def recursive_functions(index: ProgramIndex) -> dict[str, FunctionNode]:
    """Finds the functions that reach themselves through calls by name within the file.

    Args:
        index: The program's nodes.

    Returns:
        The functions by name; where a name is defined twice, the last definition counts.
    """
    functions = {node.name: node for node in functions_of(index)}
    calls: dict[str, set[str]] = {name: set() for name in functions}
    for call in index.all(ast.Call):
        callee = own_callee(index, call)
        for ancestor in index.ancestors(call) if callee in functions else ():
            if isinstance(ancestor, FUNCTION_TYPES) and callee is not None:
                calls[ancestor.name].add(callee)
    return {name: node for name, node in functions.items() if _reaches(calls, name)}


def own_callee(index: ProgramIndex, call: ast.Call) -> str | None:
    """Returns the name that a call could share with a function of the file.

    Args:
        index: The program's nodes.
        call: Any call.

    Returns:
        `solve` for `solve(…)`, `self.solve(…)` and `Solver.solve(…)`; None for methods of other objects, where
        `items.add(…)` would be taken for a function `add` of the file.
    """
    if isinstance(call.func, ast.Name):
        return call.func.id
    if not isinstance(call.func, ast.Attribute) or not isinstance(call.func.value, ast.Name):
        return None
    owner = call.func.value.id
    is_own = owner in ("self", "cls") or any(node.name == owner for node in index.all(ast.ClassDef))
    return call.func.attr if is_own else None


def _reaches(calls: dict[str, set[str]], start: str) -> bool:
    seen: set[str] = set()
    waiting = list(calls[start])
    while waiting:
        name = waiting.pop()
        if name == start:
            return True
        if name not in seen:
            seen.add(name)
            waiting.extend(calls[name])
    return False
