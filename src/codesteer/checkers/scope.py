"""Variables of a module or of one function call, as the data flow sees them."""

import ast
from dataclasses import dataclass

from codesteer.checkers.origins import NOTHING, mix


@dataclass(frozen=True, slots=True)
class Return:
    """A value that a function returned."""

    node: ast.Return
    value: int
    guarded: bool
    """A computed condition decided that it was."""


@dataclass(frozen=True, slots=True)
class Break:
    """The variables at a point where control left a loop's body early."""

    values: dict[str, int]
    written: frozenset[str]
    guarded: bool


class Scope:
    """The variables of one module or function call, and how control may have left it early."""

    def __init__(self, parent: "Scope | None" = None) -> None:
        self.parent = parent
        self.values: dict[str, int] = {}
        self.written: set[str] = set()
        """Names set since the innermost branch began."""
        self.aliases: dict[str, str] = {}
        """A variable to the one that it may share its value with: `row` to `grid`."""
        self.elsewhere: set[str] = set()
        """Names declared `global` or `nonlocal`."""
        self.effects: dict[str, int] = {}
        """What was put into a variable's value by mutation; for parameters the caller sees it too."""
        self.returns: list[Return] = []
        self.yields: list[int] = []
        self.breaks: list[Break] = []
        """How control left the current loop early."""
        self.left = False
        """A `return` or `exit` under a computed condition lies behind: what follows runs conditionally."""
        self.raised = False
        """The same for `raise` and `assert`, which an enclosing `try` ends."""
        self.broke = False
        """The same for `break` and `continue`, until the loop ends."""

    @property
    def is_conditional(self) -> bool:
        """Whether reaching this point took a computed condition within this scope."""
        return self.left or self.raised or self.broke

    def find(self, name: str) -> "Scope | None":
        """Returns the scope in which a name is set, this one or one around it."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.values and name not in scope.elsewhere:
                return scope
            scope = scope.parent
        return None

    def owner(self, name: str) -> "Scope":
        """Returns the scope that an assignment to a name writes to."""
        if name not in self.elsewhere:
            return self
        scope = self
        while scope.parent is not None:
            scope = scope.parent
            if name in scope.values and name not in scope.elsewhere:
                return scope
        return scope

    def put(self, name: str, value: int) -> None:
        """Sets a variable of this scope."""
        self.values[name] = value
        self.written.add(name)
        self.aliases.pop(name, None)

    def pour(self, name: str, value: int) -> None:
        """Adds to what a variable's value holds, and to what its aliases hold."""
        seen: set[str] = set()
        current: str | None = name
        while current is not None and current not in seen:
            seen.add(current)
            scope = self.find(current)
            if scope is None:
                return
            scope.values[current] |= mix(value)
            scope.effects[current] = scope.effects.get(current, NOTHING) | mix(value)
            current = scope.aliases.get(current)
