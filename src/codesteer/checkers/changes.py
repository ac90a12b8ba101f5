"""What statements and calls do to variables, attributes and objects."""

import ast

from codesteer.checkers.expressions import ExpressionReader
from codesteer.checkers.values import DECIDING, VARIED, Value, one_of, part

MAX_ALIASES = 20
"""Names in a row that a change is handed on to."""


class ChangeReader(ExpressionReader):
    """Keeps what names, attributes and objects hold."""

    def __init__(self) -> None:
        super().__init__()
        self.guard = 0
        """Computed tests that have led here."""
        self.version = 0
        """Goes up with each change that another function may see."""

    def bind(self, target: ast.expr, value: Value) -> None:
        """Give a variable, an attribute or an item a value."""
        match target:
            case ast.Name():
                self.store(target.id, value)
            case ast.Tuple() | ast.List():
                for one in target.elts:
                    self.bind(one, value)
            case ast.Starred():
                self.bind(target.value, value)
            case ast.Attribute():
                self.read(target.value)
                self.set_attribute(target.attr, self.when_guarded(value))
            case ast.Subscript():
                self.change(target, value)

    def store(self, name: str, value: Value) -> None:
        """Bind a name, in the scope where it was declared."""
        scope = self.scope
        if name in scope.elsewhere:
            scope = scope.owner(name) or self.module
            value = self.when_guarded(value) | scope.names.get(name, Value.NOTHING)
        if scope.parent is None and scope.names.get(name) != value:
            self.version += 1
        scope.names[name] = value
        scope.rebound.add(name)
        scope.touched.add(name)
        scope.aliases.pop(name, None)

    def set_attribute(self, name: str, value: Value) -> None:
        """Add to what attributes of a name hold."""
        old = self.attributes.get(name, Value.NOTHING)
        self.attributes[name] = old | value
        self.version += self.attributes[name] != old

    def change(self, node: ast.expr, value: Value, aliases: int = MAX_ALIASES) -> None:
        """Put a value into the object that an expression leads to, by whatever names it is known."""
        while isinstance(node, ast.Subscript | ast.Starred):
            if isinstance(node, ast.Subscript) and self.read(node.slice) & DECIDING:
                value |= Value.COMPUTED
            node = node.value
        if value & Value.POSITION:
            value |= Value.COMPUTED
        value = part(self.when_guarded(value)) & ~VARIED
        if isinstance(node, ast.Attribute):
            self.set_attribute(node.attr, value)
        elif isinstance(node, ast.Name):
            self._change_name(node.id, value, aliases)
        elif isinstance(node, ast.Call):
            for one in (*node.args, *([node.func.value] if isinstance(node.func, ast.Attribute) else ())):
                self.change(one, value)

    def _change_name(self, name: str, value: Value, aliases: int) -> None:
        owner = self.scope.owner(name)
        if owner is None:
            return
        if name not in owner.rebound:
            owner.mutated.add(name)
        if owner.join(name, value):
            self.version += owner is not self.scope or owner is self.module
            for alias in owner.aliases.get(name, ()) if aliases else ():
                self.change(alias, value, aliases - 1)

    def when_guarded(self, value: Value) -> Value:
        """Return a value that is one of several because a computed test decides whether it gets there."""
        is_something = value & (Value.WRITTEN | VARIED | Value.SEQUENCE)
        return one_of(value) if self.guard and is_something else value
