"""Values of expressions: what is written down stays written, operations compute."""

import ast
from abc import abstractmethod

from codesteer.checkers.library import GIVEN
from codesteer.checkers.scope import Scope, last_name
from codesteer.checkers.values import DECIDING, VARIED, Value, element, of_constant, one_of, part

MAX_STEPS = 50_000
"""Nodes that are read, some of them many times, before the program counts as too intricate."""
_SELECTING = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn)
_Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp


class IntricateError(Exception):
    """The program takes too many steps to follow."""


class ExpressionReader(ast.NodeVisitor):
    """Reads expressions in the current scope."""

    def __init__(self) -> None:
        self.module = self.scope = Scope()
        self.attributes: dict[str, Value] = {}
        """By name, whatever the object."""
        self.implicit = Value.NOTHING
        """What those methods give that Python calls by itself, such as ``__str__``."""
        self.steps = 0
        self._stepped: set[tuple[str, str]] = set()
        self._comprehensions = 0

    @abstractmethod
    def mention(self, name: str) -> Value:
        """Return the value of a name that is no variable."""

    @abstractmethod
    def mention_attribute(self, node: ast.Attribute) -> Value | None:
        """Return what a method gives that is mentioned; None for other attributes."""

    @abstractmethod
    def bind(self, target: ast.expr, value: Value) -> None:
        """Give a variable, an attribute or an item a value."""

    def read(self, node: ast.AST | None) -> Value:
        """Return the value of an expression."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise IntricateError
        value: Value = Value.NOTHING if node is None else self.visit(node)
        return value

    def generic_visit(self, node: ast.AST) -> Value:
        """Return a whole that shows all its parts."""
        value = Value.NOTHING
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr | ast.keyword):
                value |= part(self.shown(self.read(child)))
        return value

    def shown(self, value: Value) -> Value:
        """Return what a value shows, an object's own methods included."""
        return value | self.implicit if value & Value.OBJECT else value

    def decides(self, test: ast.expr) -> bool:
        """True if a test is not a foregone conclusion."""
        while isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            test = test.operand
        return bool(self.shown(self.read(test)) & DECIDING)

    def visit_Constant(self, node: ast.Constant) -> Value:
        return of_constant(node.value)

    def visit_Name(self, node: ast.Name) -> Value:
        owner = self.scope.owner(node.id)
        if owner is not None:
            return owner.names[node.id]
        return Value.TEXT if node.id in GIVEN else self.mention(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> Value:
        given = self.mention_attribute(node)
        if given is not None:
            return given
        base = self.read(node.value)
        if node.attr not in self.attributes:
            return part(self.shown(base))
        return self.attributes[node.attr] | base & DECIDING

    def visit_List(self, node: ast.expr) -> Value:
        return self.generic_visit(node) | Value.SEQUENCE

    visit_Tuple = visit_Set = visit_Dict = visit_List

    def visit_JoinedStr(self, node: ast.JoinedStr) -> Value:
        return self.generic_visit(node) | Value.TEXT

    def visit_BinOp(self, node: ast.BinOp) -> Value:
        return self.operation(node, self.read(node.left), self.read(node.right))

    def operation(self, node: ast.BinOp | ast.AugAssign, left: Value, right: Value) -> Value:
        """Return the value of an operation; text and lists are put together, not computed."""
        left, right = self.shown(left) & ~Value.OBJECT, self.shown(right) & ~Value.OBJECT
        holds = Value.TEXT | Value.SEQUENCE
        if isinstance(node.op, ast.Add) and (left | right) & holds:
            return left | right
        if isinstance(node.op, ast.Mod) and left & Value.TEXT:
            return left | right
        if isinstance(node.op, ast.Mult) and (left | right) & holds:
            return left | right & Value.COMPUTED if left & holds else right | left & Value.COMPUTED
        if isinstance(node, ast.BinOp) and _is_neutral(node):
            return left | right
        return left | right | Value.COMPUTED

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Value:
        value = self.read(node.operand)
        return value | Value.COMPUTED if isinstance(node.op, ast.Not | ast.Invert) else value

    def visit_Compare(self, node: ast.Compare) -> Value:
        selects = any(isinstance(operator, _SELECTING) for operator in node.ops)
        is_open = self.generic_visit(node) & DECIDING
        return Value.WRITTEN | Value.COMPUTED if selects or is_open else Value.WRITTEN

    def visit_BoolOp(self, node: ast.BoolOp) -> Value:
        value = Value.NOTHING
        for operand in node.values:
            value |= self.read(operand)
        return value

    def visit_IfExp(self, node: ast.IfExp) -> Value:
        decided, either = self.decides(node.test), self.read(node.body) | self.read(node.orelse)
        return one_of(either) if decided else either

    def visit_Subscript(self, node: ast.Subscript) -> Value:
        base = self.shown(self.read(node.value))
        if isinstance(node.slice, ast.Slice):
            is_copy = node.slice.lower is node.slice.upper is node.slice.step is None
            return base if is_copy else base | self.read(node.slice) | Value.COMPUTED
        key = self.read(node.slice)
        item = base & ~Value.SEQUENCE | key & Value.POSITION
        if not isinstance(node.slice, ast.Constant):
            item |= Value.ITEM
        is_letter = base & Value.TEXT and not base & Value.ITEM
        return item | Value.COMPUTED if is_letter or self._selects(node, key) else item

    def _selects(self, node: ast.Subscript, key: Value) -> bool:
        """True if a key picks one item; stepping through a table with its own keys picks none."""
        if key & (Value.COMPUTED | Value.GUARDED) or (key & Value.POSITION and self._comprehensions):
            return True
        return bool(key & Value.ITEM) and (last_name(node.value), last_name(node.slice)) not in self._stepped

    def visit_ListComp(self, node: _Comprehension) -> Value:
        outer, self.scope = self.scope, Scope(self.scope)
        self._comprehensions += 1
        decided = False
        for clause in node.generators:
            self.step(clause.target, clause.iter)
            decided |= any(self.decides(test) for test in clause.ifs)
        elements = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
        value = Value.NOTHING
        for one in elements:
            value |= part(self.shown(self.read(one)))
        self._comprehensions -= 1
        self.scope = outer
        return value & ~Value.ITEM | Value.SEQUENCE | (Value.COMPUTED if decided else Value.NOTHING)

    visit_SetComp = visit_GeneratorExp = visit_DictComp = visit_ListComp

    def step(self, target: ast.expr, source: ast.expr) -> None:
        """Bind the variables of a loop to what it steps through."""
        value = element(self.shown(self.read(source)))
        called = last_name(source) if isinstance(source, ast.Call) else ""
        if last_name(source):
            self._stepped.add((last_name(source), last_name(target)))
        if called == "range":
            value = Value.POSITION
        elif called == "enumerate" and isinstance(target, ast.Tuple):
            self.bind(target.elts[0], Value.POSITION)
            target = target.elts[-1]
        self.bind(target, value)

    def visit_Lambda(self, node: ast.Lambda) -> Value:
        outer, self.scope = self.scope, Scope(self.scope)
        for argument in ast.walk(node.args):
            if isinstance(argument, ast.arg):
                self.scope.names[argument.arg] = Value.ITEM
        value = self.read(node.body)
        self.scope = outer
        return one_of(value) if value & VARIED else value

    def visit_NamedExpr(self, node: ast.NamedExpr) -> Value:
        value = self.read(node.value)
        self.bind(node.target, value)
        return value

    def visit_Starred(self, node: ast.Starred | ast.Await | ast.FormattedValue) -> Value:
        return self.read(node.value)

    visit_Await = visit_FormattedValue = visit_Starred


def _is_neutral(node: ast.BinOp) -> bool:
    """True for adding 0 and multiplying by 1; for subtracting and dividing, on the right side only."""
    neutral = {ast.Add: 0, ast.Sub: 0, ast.Mult: 1, ast.Div: 1}.get(type(node.op))
    sides = [node.right, *([node.left] if isinstance(node.op, ast.Add | ast.Mult) else [])]
    return any(isinstance(side, ast.Constant) and side.value == neutral for side in sides)
