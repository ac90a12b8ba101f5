"""One walk over a syntax tree, after which every question about it is a look-up."""

import ast
from collections.abc import Iterator
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
_BARE_TYPES = (ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop)


class ProgramIndex:
    """The nodes of a program by type, each node's parent, and where imported names come from."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.parents: dict[ast.AST, ast.AST] = {}
        self.nodes: dict[type[ast.AST], list[ast.AST]] = {}
        self.origins: dict[str, str] = {}
        """Imported name to dotted origin: `P` to `itertools.permutations`."""
        self.modules: dict[str, int] = {}
        """Imported module to the line of its first import."""
        self.star_imports: dict[str, int] = {}
        self.refusal = self._walk()
        self._read_imports()

    def _walk(self) -> Finding | None:
        level: list[ast.AST] = [self.tree]
        depth = count = 0
        while level:
            depth += 1
            count += len(level)
            if count > MAX_NODES:
                message = f"The program has more than {MAX_NODES} syntax nodes and is not analysed."
                return Finding(kind="too_large", line=0, message=message)
            if depth > MAX_DEPTH:
                message = f"The program nests more than {MAX_DEPTH} levels deep and is not analysed."
                return Finding(kind="too_deep", line=0, message=message)
            level = self._enter(level)
        return None

    def _enter(self, level: list[ast.AST]) -> list[ast.AST]:
        below: list[ast.AST] = []
        for node in level:
            self.nodes.setdefault(type(node), []).append(node)
            for name in node._fields:
                value = getattr(node, name, None)
                for child in value if isinstance(value, list) else (value,):
                    if isinstance(child, ast.AST) and not isinstance(child, _BARE_TYPES):
                        below.append(child)
                        self.parents[child] = node
        return below

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

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yields the nodes around a node, the nearest first."""
        parent = self.parents.get(node)
        while parent is not None:
            yield parent
            parent = self.parents.get(parent)

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
        if isinstance(expression, ast.Attribute | ast.Subscript | ast.Starred):
            expression = expression.value
        elif isinstance(expression, ast.Call) and isinstance(expression.func, ast.Attribute):
            expression = expression.func
        else:
            return expression.id if isinstance(expression, ast.Name) else None


def names_in(*nodes: ast.AST) -> set[str]:
    """Returns every variable name in the given subtrees."""
    return {part.id for node in nodes for part in ast.walk(node) if isinstance(part, ast.Name)}
