"""Tell from a syntax tree whether a text is a program, and whether it prints."""

import ast
from collections.abc import Iterator

from codesteer.replies.syntax import PROGRAM_TEXT_BUDGET, Parser

OUTPUT_FUNCTIONS = frozenset({"print", "write", "writelines", "pprint"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPOUND = (ast.ClassDef, ast.For, ast.While, ast.With, ast.Try)
_PROGRAM = (ast.Import, ast.ImportFrom, *_FUNCTIONS, *_COMPOUND)


def is_program(tree: ast.Module) -> bool:
    """Return whether a syntax tree is a program: it imports, defines, loops or prints.

    Words, numbers, lists and equations are valid Python too.
    """
    return any(isinstance(statement, _PROGRAM) for statement in tree.body) or prints_output(tree)


def is_program_text(text: str) -> bool:
    """Return whether a text is a program and nothing else."""
    tree = Parser(PROGRAM_TEXT_BUDGET).tree(text)
    return tree is not None and is_program(tree)


def defined_names(tree: ast.Module) -> frozenset[str]:
    """Return the names of the functions and classes defined at top level."""
    return frozenset(s.name for s in tree.body if isinstance(s, (*_FUNCTIONS, ast.ClassDef)))


def prints_output(tree: ast.Module) -> bool:
    """Return whether a program prints at top level, or in a function that it uses."""
    functions: dict[str, list[ast.stmt]] = {}
    for node in ast.walk(tree):
        if isinstance(node, _FUNCTIONS):
            functions.setdefault(node.name, []).extend(node.body)
        elif isinstance(node, ast.ClassDef):
            functions.setdefault(node.name, []).extend(_constructor_body(node))
    pending: list[ast.AST] = [statement for statement in tree.body if not _is_bare_name(statement)]
    while pending:
        for name in _used_names(pending.pop()):
            if name in OUTPUT_FUNCTIONS:
                return True
            pending += functions.pop(name, [])
    return False


def contains_mark(tree: ast.Module) -> bool:
    """Return whether a string of a program contains the answer mark; its documentation does not count."""
    documentation = {
        id(part.value)
        for part in ast.walk(tree)
        if isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)
    }
    return any(
        isinstance(part, ast.Constant)
        and isinstance(part.value, str)
        and "<<<" in part.value
        and id(part) not in documentation
        for part in ast.walk(tree)
    )


def has_call_statement(tree: ast.Module) -> bool:
    """Return whether a top-level statement is a call."""
    return any(isinstance(s, ast.Expr) and isinstance(s.value, ast.Call) for s in tree.body)


def _is_bare_name(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Name | ast.Attribute)


def _constructor_body(node: ast.ClassDef) -> list[ast.stmt]:
    constructors = [
        s for s in node.body if isinstance(s, _FUNCTIONS) and s.name in ("__init__", "__post_init__")
    ]
    return [statement for function in constructors for statement in function.body]


def _used_names(node: ast.AST) -> Iterator[str]:
    """Yield the names that a statement uses, without those in function bodies, which run only when called."""
    pending = [node]
    while pending:
        part = pending.pop()
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Attribute):
            yield part.attr
        if isinstance(part, _FUNCTIONS):
            pending += part.decorator_list
        else:
            pending += ast.iter_child_nodes(part)
