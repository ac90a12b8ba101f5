"""What a syntax tree does when it runs: whether it is a program at all, and whether it prints."""

import ast
from collections.abc import Iterator

from codesteer.replies.syntax import PROGRAM_TEXT_BUDGET, Parser

WRITES = frozenset({"print", "write", "writelines", "pprint"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPOUND = (ast.ClassDef, ast.For, ast.While, ast.With, ast.Try)
_PROGRAM = (ast.Import, ast.ImportFrom, *_FUNCTIONS, *_COMPOUND)


def is_program(tree: ast.Module) -> bool:
    """True if the text that parsed is meant to run: it imports, defines, loops or prints.

    Words, numbers, lists and equations parse as Python too.
    """
    return any(isinstance(statement, _PROGRAM) for statement in tree.body) or prints_output(tree)


def is_program_text(text: str) -> bool:
    """True if a text is a program and nothing else."""
    tree = Parser(PROGRAM_TEXT_BUDGET).tree(text)
    return tree is not None and is_program(tree)


def defined(tree: ast.Module) -> frozenset[str]:
    """Return the functions and classes that a program defines at its top level."""
    return frozenset(s.name for s in tree.body if isinstance(s, (*_FUNCTIONS, ast.ClassDef)))


def prints_output(tree: ast.Module) -> bool:
    """True if running the tree writes output: itself, or in a function that it uses."""
    functions: dict[str, list[ast.stmt]] = {}
    for node in ast.walk(tree):
        if isinstance(node, _FUNCTIONS):
            functions.setdefault(node.name, []).extend(node.body)
        elif isinstance(node, ast.ClassDef):
            functions.setdefault(node.name, []).extend(_of_construction(node))
    waiting: list[ast.AST] = [statement for statement in tree.body if not _is_mere_name(statement)]
    while waiting:
        for name in _used(waiting.pop()):
            if name in WRITES:
                return True
            waiting += functions.pop(name, [])
    return False


def calls(tree: ast.Module) -> bool:
    """True if one of a program's statements is a call."""
    return any(isinstance(s, ast.Expr) and isinstance(s.value, ast.Call) for s in tree.body)


def _is_mere_name(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Name | ast.Attribute)


def _of_construction(node: ast.ClassDef) -> list[ast.stmt]:
    made = [s for s in node.body if isinstance(s, _FUNCTIONS) and s.name in ("__init__", "__post_init__")]
    return [statement for function in made for statement in function.body]


def _used(node: ast.AST) -> Iterator[str]:
    """Yield the names that running a statement uses; function bodies only run when they are called."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Attribute):
            yield part.attr
        if isinstance(part, _FUNCTIONS):
            waiting += part.decorator_list
        else:
            waiting += ast.iter_child_nodes(part)
