"""One walk over a syntax tree, after which every question about it is a look-up."""

import ast
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from typing import TypeVar

from codesteer.checkers.code_report import Finding

MAX_NODES = 30_000
"""More syntax nodes than this are refused."""
MAX_DEPTH = 120
"""Deeper trees are refused, because the data flow follows them by recursion."""

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
LoopNode = ast.For | ast.AsyncFor | ast.While
ComprehensionNode = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

FUNCTION_TYPES = (ast.FunctionDef, ast.AsyncFunctionDef)
LOOP_TYPES = (ast.For, ast.AsyncFor, ast.While)
COMPREHENSION_TYPES = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

_NodeT = TypeVar("_NodeT", bound=ast.AST)
_PLAIN_FIELDS = frozenset(
    {"attr", "conversion", "ctx", "id", "kind", "module", "name", "op", "ops", "type_comment"}
)
"""Fields without nodes, or with nodes that carry nothing but their type, which Python shares among all trees."""


class ProgramIndex:
    """The nodes of a program by type, how they contain each other, and where imported names come from."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.parents: dict[ast.AST, ast.AST] = {}
        self.nodes: dict[type[ast.AST], list[ast.AST]] = {}
        """The nodes of each type, in the order of the source."""
        self.origins: dict[str, str] = {}
        """Imported name to dotted origin: `P` to `itertools.permutations`."""
        self.modules: dict[str, int] = {}
        """Imported module to the line of its first import."""
        self.star_imports: dict[str, int] = {}
        self._numbers: dict[ast.AST, int] = {}
        """Nodes numbered in source order, so that what a node contains is a range of numbers."""
        self._last: list[int] = []
        """For each number the greatest one inside that node."""
        self._dotted: dict[ast.expr, str | None] = {}
        self.refusal = self._walk()
        self._read_imports()

    def _walk(self) -> Finding | None:
        waiting: list[tuple[ast.AST, int, int]] = [(self.tree, 0, 1)]
        above: list[int] = []
        numbers, nodes, parents = self._numbers, self.nodes, self.parents
        fields: dict[type[ast.AST], tuple[str, ...]] = {}
        while waiting:
            node, parent, depth = waiting.pop()
            kind = type(node)
            number = len(above)
            above.append(parent)
            numbers[node] = number
            if kind not in fields:
                fields[kind] = _node_fields(kind)
                nodes[kind] = []
            nodes[kind].append(node)
            if not fields[kind]:
                continue
            if number >= MAX_NODES or depth > MAX_DEPTH:
                return _refusal(number)
            for name in fields[kind]:
                value = getattr(node, name, None)
                for child in reversed(value) if isinstance(value, list) else (value,):
                    if isinstance(child, ast.AST):
                        parents[child] = node
                        waiting.append((child, number, depth + 1))
        self._last = _last_inside(above)
        return None

    def _read_imports(self) -> None:
        for plain in self.all(ast.Import):
            for alias in plain.names:
                self.modules.setdefault(alias.name, plain.lineno)
                bound = alias.asname or alias.name.partition(".")[0]
                self.origins[bound] = alias.name if alias.asname else bound
        for source in self.all(ast.ImportFrom):
            module = source.module or "."
            self.modules.setdefault(module, source.lineno)
            for alias in source.names:
                if alias.name == "*":
                    self.star_imports.setdefault(module, source.lineno)
                else:
                    self.origins[alias.asname or alias.name] = f"{module}.{alias.name}"

    def all(self, *types: type[_NodeT]) -> Iterator[_NodeT]:
        """Yields every node of the given types, outer ones before inner ones."""
        for kind in types:
            yield from self.nodes.get(kind, [])  # type: ignore[misc]  # keyed by type

    def inside(self, node: ast.AST, *types: type[_NodeT]) -> Iterator[_NodeT]:
        """Yields the nodes of the given types that a node contains, itself included."""
        first = self._numbers[node]
        last = self._last[first]
        for kind in types:
            found = self.nodes.get(kind, [])
            start = bisect_left(found, first, key=self._numbers.__getitem__)
            for position in range(start, len(found)):
                if self._numbers[found[position]] > last:
                    break
                yield found[position]  # type: ignore[misc]  # keyed by type

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yields the nodes around a node, the nearest first."""
        parent = self.parents.get(node)
        while parent is not None:
            yield parent
            parent = self.parents.get(parent)

    @property
    def loaded(self) -> dict[ast.stmt, set[str]]:
        """The variables that each statement reads in its own expressions; bodies of `if` and loops are not its own."""
        return self._names_by_statement[0]

    @property
    def stored(self) -> dict[ast.stmt, set[str]]:
        """The variables that each statement sets, the target of a `for` among them."""
        return self._names_by_statement[1]

    @cached_property
    def _names_by_statement(self) -> tuple[dict[ast.stmt, set[str]], dict[ast.stmt, set[str]]]:
        loaded: dict[ast.stmt, set[str]] = {}
        stored: dict[ast.stmt, set[str]] = {}
        for name in self.all(ast.Name):
            statement = self.statement_of(name)
            is_stored = isinstance(name.ctx, ast.Store)
            (stored if is_stored else loaded).setdefault(statement, set()).add(name.id)
            if is_stored and isinstance(statement, ast.AugAssign):
                loaded.setdefault(statement, set()).add(name.id)
        return loaded, stored

    def stored_in(self, target: ast.expr) -> set[str]:
        """Returns the variables that an assignment to a target sets."""
        return {name.id for name in self.inside(target, ast.Name) if isinstance(name.ctx, ast.Store)}

    def statement_of(self, node: ast.AST) -> ast.stmt:
        """Returns the innermost statement that an expression stands in."""
        while not isinstance(node, ast.stmt):
            node = self.parents[node]
        return node

    def function_of(self, node: ast.AST) -> FunctionNode | None:
        """Returns the function whose body a node belongs to, None at module level."""
        for ancestor in self.ancestors(node):
            if isinstance(ancestor, FUNCTION_TYPES):
                return ancestor
        return None

    def loops_around(self, node: ast.AST) -> Iterator[LoopNode]:
        """Yields the loop statements around a node within its function, the nearest first."""
        for ancestor in self.ancestors(node):
            if isinstance(ancestor, FUNCTION_TYPES):
                return
            if isinstance(ancestor, LOOP_TYPES):
                yield ancestor

    def dotted(self, expression: ast.expr) -> str | None:
        """Names what an expression refers to: `np.linalg.det` gives `numpy.linalg.det`.

        Args:
            expression: A name or a chain of attributes.

        Returns:
            The dotted name with imported aliases resolved, None for anything but names and attributes.
        """
        if expression not in self._dotted:
            self._dotted[expression] = self._dotted_name(expression)
        return self._dotted[expression]

    def _dotted_name(self, expression: ast.expr) -> str | None:
        parts: list[str] = []
        while isinstance(expression, ast.Attribute):
            parts.append(expression.attr)
            expression = expression.value
        if not isinstance(expression, ast.Name):
            return None
        parts.append(self.origins.get(expression.id, expression.id))
        return ".".join(reversed(parts))

    def imported(self, expression: ast.expr) -> str | None:
        """Returns the dotted name of an expression that starts with an imported name, else None."""
        root = root_name(expression)
        return self.dotted(expression) if root in self.origins else None


def root_name(expression: ast.expr) -> str | None:
    """Returns the variable that an access path such as `a.b[0].c()` starts from, None where there is none."""
    while True:
        if isinstance(expression, (ast.Attribute, ast.Subscript, ast.Starred)):
            expression = expression.value
        elif isinstance(expression, ast.Call) and isinstance(expression.func, ast.Attribute):
            expression = expression.func
        else:
            return expression.id if isinstance(expression, ast.Name) else None


def _node_fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """Names the fields of a node type that can hold nodes, the last one first, as a stack needs them."""
    if kind is ast.Constant:
        return ()
    return tuple(name for name in reversed(kind._fields) if name not in _PLAIN_FIELDS)


def _last_inside(above: list[int]) -> list[int]:
    """Finds the greatest number inside each node.

    Args:
        above: For each number that of the parent, which is smaller.
    """
    last = list(range(len(above)))
    for number in range(len(above) - 1, 0, -1):
        if last[above[number]] < last[number]:
            last[above[number]] = last[number]
    return last


def _refusal(number: int) -> Finding:
    if number >= MAX_NODES:
        message = f"The program has more than {MAX_NODES} syntax nodes and is not analysed."
        return Finding(kind="too_large", line=0, message=message)
    message = f"The program nests more than {MAX_DEPTH} levels deep and is not analysed."
    return Finding(kind="too_deep", line=0, message=message)
