"""The names that are known at a place of the program."""

import ast
from dataclasses import dataclass, field
from typing import Self

from codesteer.checkers.values import Value


@dataclass(slots=True, eq=False)
class Scope:
    """The names of the module, of a comprehension, or of one call of a function."""

    parent: Self | None = None
    names: dict[str, Value] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)
    """Names declared global or nonlocal."""
    aliases: dict[str, list[ast.expr]] = field(default_factory=dict)
    """Expressions that a name shares its object with."""
    rebound: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)
    """Names that were bound or whose object was changed since the last look."""
    mutated: set[str] = field(default_factory=set)
    """Names whose object was changed, and not another one that the name was bound to before."""

    def owner(self, name: str) -> Self | None:
        """Return the nearest scope that knows a name."""
        scope = self.parent if name in self.elsewhere else self
        while scope is not None and name not in scope.names:
            scope = scope.parent
        return scope

    def join(self, name: str, value: Value) -> bool:
        """Add to what a name may hold; return False if that is no news."""
        old = self.names.get(name, Value.NOTHING)
        self.names[name] = old | value
        self.touched.add(name)
        return self.names[name] != old

    def take_touched(self) -> set[str]:
        """Return the names touched since the last look, and look anew."""
        touched, self.touched = self.touched, set()
        return touched


def last_name(node: ast.expr) -> str:
    """Return the last name of a dotted expression, or of what a call calls."""
    if isinstance(node, ast.Call):
        return last_name(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
