"""Data flow through expressions: the abstract value of each, from its parts."""

import ast
from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

from codesteer.checkers import origins as o
from codesteer.checkers.flow_state import MAX_NESTING, MAX_STEPS, FlowState
from codesteer.checkers.known_calls import QUESTION
from codesteer.checkers.program_index import FunctionNode, ProgramIndex, root_name

_LEAVES = frozenset({ast.Name, ast.Constant})


class ExpressionFlow(FlowState):
    """Gives every expression its abstract value (see `codesteer.checkers.origins`)."""

    def __init__(self, index: ProgramIndex) -> None:
        super().__init__(index)
        self._rules: dict[type[ast.AST], Callable[[Any], int]] = {
            ast.Constant: _of_constant,
            ast.Name: self._name,
            ast.Attribute: self._attribute,
            ast.Subscript: self._subscript,
            ast.BinOp: self._binary,
            ast.UnaryOp: self._unary,
            ast.BoolOp: self._either,
            ast.Compare: self._compare,
            ast.IfExp: self._conditional,
            ast.JoinedStr: lambda node: o.mix(*map(self.value_of, node.values)) | o.TEXT,
            ast.FormattedValue: lambda node: self.value_of(node.value),
            ast.List: self._display,
            ast.Tuple: self._display,
            ast.Set: self._display,
            ast.Dict: self._dictionary,
            ast.ListComp: self._comprehension,
            ast.SetComp: self._comprehension,
            ast.GeneratorExp: self._comprehension,
            ast.DictComp: self._comprehension,
            ast.NamedExpr: self._walrus,
            ast.Call: self.call,
            ast.Starred: lambda node: o.element(self.value_of(node.value)),
            ast.Await: lambda node: self.value_of(node.value),
            ast.Yield: self._yield,
            ast.YieldFrom: self._yield,
            ast.Lambda: lambda node: o.NOTHING,
            ast.Slice: self._slice,
        }

    @abstractmethod
    def call(self, node: ast.Call) -> int:
        """Returns the value of a call and applies what it does to variables."""

    @abstractmethod
    def property_of(self, method: FunctionNode | ast.Lambda, owner: int) -> int:
        """Returns the value of reading a method of the program's own as an attribute."""

    def value_of(self, node: ast.expr | None) -> int:
        """Returns the abstract value of an expression."""
        if node is None:
            return o.NOTHING
        kind = type(node)
        # Leaves are most of a tree, and they cannot nest.
        if kind in _LEAVES:
            return self._rules[kind](node)
        rule = self._rules.get(kind)
        self.steps += 1
        if rule is None or self.steps > MAX_STEPS or self.nesting > MAX_NESTING:
            self.exhausted = self.exhausted or rule is not None
            return o.COMPUTED
        self.nesting += 1
        value = rule(node)
        self.nesting -= 1
        return value

    def is_decided(self, test: ast.expr) -> bool:
        """Whether a test is a computed condition; turning a constant round does not make it one."""
        while isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            test = test.operand
        return o.decides(self.value_of(test))

    def index_of(self, node: ast.expr) -> int:
        """Returns the value of an index, whose arithmetic says nothing about the answer."""
        self.indexing += 1
        value = self.value_of(node)
        self.indexing -= 1
        return value

    def operate(self, operator: ast.operator, left: int, right: int) -> int | None:
        """Returns the value of an operation that only joins or repeats, None for one that calculates."""
        if isinstance(operator, ast.Mod) and left & o.TEXT:
            return o.mix(left, right) | o.TEXT
        if isinstance(operator, (ast.Add, ast.Mult)) and (left | right) & (o.TEXT | o.COLLECTION):
            whole = left if left & (o.TEXT | o.COLLECTION) else right
            return o.mix(left, right) | whole & o.KINDS
        return None

    def calculate(self, node: ast.AST) -> int:
        """Returns the value of arithmetic and notes its line."""
        if not self.indexing:
            self.arithmetic.add(getattr(node, "lineno", 0))
        return self.computed()

    def _name(self, node: ast.Name) -> int:
        here = self.scope
        scope = here if node.id in here.values and not here.elsewhere else here.find(node.id)
        if scope is not None:
            return scope.values[node.id]
        if node.id == QUESTION:
            return o.DATA | o.TEXT
        return o.COMPUTED if node.id in self.index.origins else o.NOTHING

    def _attribute(self, node: ast.Attribute) -> int:
        whole = self.value_of(node.value)  # which may set the attribute, where it makes the object
        held = self.attributes.get(node.attr)
        if held is None:
            method = self.functions.get(node.attr)
            return o.mix(whole) if method is None else self.property_of(method, whole)
        return held | o.mix(whole) & (o.DEPENDENT | o.DATA)

    def _subscript(self, node: ast.Subscript) -> int:
        whole = self.value_of(node.value)
        index = self.index_of(node.slice)
        if isinstance(node.slice, ast.Slice):
            return whole | (self.computed() if index else o.NOTHING)
        if index & o.DEPENDENT:
            return o.element(whole) | self.computed()
        is_key = index & o.DATA and not self._steps_through(node)
        is_cut = whole & o.TEXT and not index & o.COUNT
        if is_key or is_cut or isinstance(node.value, ast.Call) or self._is_transposing(node):
            return self.computed()
        item = o.element(whole)
        return item if index & o.COUNT or whole & o.DATA else item & ~o.DATA

    def _is_transposing(self, node: ast.Subscript) -> bool:
        """Whether `grid[j][i]` is read with `j` in the inner and `i` in the outer loop."""
        row = node.value
        if not isinstance(row, ast.Subscript):
            return False
        first, second = row.slice, node.slice
        if not isinstance(first, ast.Name) or not isinstance(second, ast.Name):
            return False
        return self.bound.get(first.id, 0) > self.bound.get(second.id, 0)

    def _steps_through(self, node: ast.Subscript) -> bool:
        """Whether the index runs over the keys of the very collection that it is used on."""
        key = node.slice
        if not isinstance(key, ast.Name):
            return False
        scope = self.scope.find(key.id)
        return scope is not None and scope.aliases.get(key.id) == root_name(node.value)

    def _slice(self, node: ast.Slice) -> int:
        bounds = [bound for bound in (node.lower, node.upper, node.step) if bound is not None]
        return o.mix(o.LITERAL, *map(self.value_of, bounds)) if bounds else o.NOTHING

    def _binary(self, node: ast.BinOp) -> int:
        left, right = self.value_of(node.left), self.value_of(node.right)
        joined = self.operate(node.op, left, right)
        if joined is not None:
            return joined
        if (left | right) & o.COLLECTION:
            return self.computed() | o.COLLECTION
        return o.mix(left, right) if _is_neutral(node) else self.calculate(node)

    def _unary(self, node: ast.UnaryOp) -> int:
        value = self.value_of(node.operand)
        is_logic = (
            isinstance(node.op, ast.Not) and value & o.TRUTH and not isinstance(node.operand, ast.Constant)
        )
        return self.computed() if is_logic or isinstance(node.op, ast.Invert) else o.mix(value)

    def _either(self, node: ast.BoolOp) -> int:
        values = [self.value_of(part) for part in node.values]
        if _is_logic(node.values, values):
            return self.computed()
        decided = any(o.decides(value) for value in values[:-1])
        whole = values[0]
        for value in values[1:]:
            whole = o.merge(whole, value, decided=decided)
        return whole

    def _compare(self, node: ast.Compare) -> int:
        sides = [node.left, *node.comparators]
        values = [self.value_of(side) for side in sides]
        is_constant = all(isinstance(side, ast.Constant) for side in sides)
        if not _is_equality(node):
            return o.LITERAL | o.TRUTH if is_constant else self.computed()
        # A table of answers by question is no computation.
        by_question = any(isinstance(side, ast.Name) and side.id == QUESTION for side in sides)
        if not by_question and (o.decides(o.mix(*values)) or _is_logic(sides, values)):
            return self.computed()
        return o.LITERAL | o.TRUTH

    def _conditional(self, node: ast.IfExp) -> int:
        decided = self.is_decided(node.test)
        return o.merge(self.value_of(node.body), self.value_of(node.orelse), decided=decided)

    def _display(self, node: ast.List | ast.Tuple | ast.Set) -> int:
        return o.display([self.value_of(item) for item in node.elts])

    def _dictionary(self, node: ast.Dict) -> int:
        keys = [self.value_of(key) for key in node.keys if key is not None]
        return o.display([*keys, *map(self.value_of, node.values)])

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> int:
        decided = False
        hidden: dict[str, int] = {}
        for clause in node.generators:
            items = self.value_of(clause.iter)
            names = self.index.stored_in(clause.target)
            hidden.update((name, self.scope.values[name]) for name in names & self.scope.values.keys())
            self.assign_item(clause.target, items, clause.iter)
            for test in clause.ifs:
                decided = self.is_decided(test) or decided
        if isinstance(node, ast.DictComp):
            item = o.display([self.value_of(node.key), self.value_of(node.value)])
        else:
            item = self.value_of(node.elt)
        self.scope.values.update(hidden)
        whole = o.display([item])
        return whole | o.CHOSEN if decided else whole

    def _walrus(self, node: ast.NamedExpr) -> int:
        value = self.value_of(node.value)
        self.assign(node.target, value, node.value)
        return value

    def _yield(self, node: ast.Yield | ast.YieldFrom) -> int:
        value = self.value_of(node.value)
        if isinstance(node, ast.YieldFrom):
            value = o.element(value)
        self.scope.yields.append(value | o.CHOSEN if self.guarded else value)
        return o.DATA


def _of_constant(node: ast.Constant) -> int:
    return o.of_constant(node.value)


def _is_equality(node: ast.Compare) -> bool:
    return isinstance(node.ops[0], (ast.Eq, ast.NotEq, ast.Is, ast.IsNot))


def _is_logic(parts: Sequence[ast.expr], values: list[int]) -> bool:
    """Whether truth values of variables are combined."""
    truths = [part for part, value in zip(parts, values, strict=True) if value & o.TRUTH]
    return len(truths) == len(parts) and not any(isinstance(part, ast.Constant) for part in truths)


def _is_neutral(node: ast.BinOp) -> bool:
    """Whether an operation gives back its operand, such as `24 + 0` and `24 * 1`."""
    if isinstance(node.op, (ast.Add, ast.Sub)):
        neutral = 0
    elif isinstance(node.op, (ast.Mult, ast.Div, ast.FloorDiv, ast.Pow)):
        neutral = 1
    else:
        return False
    commutes = isinstance(node.op, (ast.Add, ast.Mult))
    return _is_number(node.right, neutral) or (commutes and _is_number(node.left, neutral))


def _is_number(node: ast.expr, number: int) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value == number
