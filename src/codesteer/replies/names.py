"""Find the names that a program binds, and its free names."""

import ast
import builtins
import symtable
from collections.abc import Iterator
from dataclasses import dataclass

from codesteer.replies.syntax import Parser

PREDEFINED = frozenset({*dir(builtins), "__name__", "__file__", "__doc__", "QUESTION", "ANSWER"})
"""Names that a program may use without binding them."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a program binds at its top level, and those that it uses before or without binding them."""

    bound: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()
    binds_others: bool = False
    """It imports all names of a module, which may include its free ones."""

    @property
    def missing(self) -> frozenset[str]:
        """The free names, unless an import of all names of a module may bind them."""
        return frozenset() if self.binds_others else self.free


def find_names(text: str, parser: Parser) -> Names:
    """Return the names of a program; empty if the text was not parsed."""
    tree, top = parser.tree(text), parser.symbols(text)
    if tree is None or top is None:
        return Names()
    bound, used = set(), set()
    for table in _tables(top):
        for symbol in table.get_symbols():
            is_top = table is top or symbol.is_global()
            if is_top and (symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()):
                bound.add(symbol.get_name())
            if is_top and symbol.is_referenced():
                used.add(symbol.get_name())
    free = (used - bound) | _used_too_early(tree)
    return Names(frozenset(bound), frozenset(free - PREDEFINED), imports_all(tree))


def _tables(top: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    pending = [top]
    while pending:
        table = pending.pop()
        yield table
        pending += table.get_children()


def imports_all(tree: ast.Module) -> bool:
    """Return whether a program imports all names of a module."""
    return any(isinstance(s, ast.ImportFrom) and any(n.name == "*" for n in s.names) for s in tree.body)


def _used_too_early(tree: ast.Module) -> set[str]:
    """Return names that a top-level assignment reads before they are bound, as in ``total += 1``."""
    early: set[str] = set()
    bound: set[str] = set()
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            early |= loaded_names(statement.value) - bound - stored_names(statement.value)
        elif isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
            early |= {statement.target.id} - bound
        bound |= stored_names(statement)
    return early & bound


def loaded_names(value: ast.expr) -> set[str]:
    """Return the names that an expression reads, without those of its lambdas' arguments."""
    inner = {part.arg for part in ast.walk(value) if isinstance(part, ast.arg)}
    return {n.id for n in ast.walk(value) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)} - inner


def stored_names(node: ast.AST) -> set[str]:
    """Return the names that a node assigns, defines or imports, at any depth."""
    names = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
            names.add(part.id)
        elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(part.name)
        elif isinstance(part, ast.alias):
            names.add((part.asname or part.name).partition(".")[0])
    return names
