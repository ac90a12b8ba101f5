"""Data flow through expressions: the abstract value of each, from its parts."""

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from codesteer.checkers import origins as o
from codesteer.checkers.known_calls import QUESTION
from codesteer.checkers.program_index import FunctionNode, ProgramIndex, root_name
from codesteer.checkers.scope import Scope

MAX_STEPS = 60_000
MAX_NESTING = 130
"""Bounds of one analysis; beyond them values count as computed, so that no program is accused without proof."""

_UNGUARDED = 0


@dataclass(slots=True)
class Output:
    """One call that prints, over all the times that it is reached."""

    call: ast.Call
    value: int
    """Everything that may be printed, combined."""
    branches: set[int]
    """The computed branches in which it is reached; contains 0 when it is reached without any."""

    @property
    def guarded(self) -> bool:
        """Whether it is reached only under a computed condition."""
        return _UNGUARDED not in self.branches


class ExpressionFlow(ABC):
    """Gives every expression its abstract value (see `codesteer.checkers.origins`)."""

    def __init__(self, index: ProgramIndex) -> None:
        self.index = index
        self.scope = Scope()
        self.functions: dict[str, FunctionNode | ast.Lambda] = {}
        self.classes: dict[str, ast.ClassDef] = {}
        self.attributes: dict[str, int] = {}
        """What is stored under an attribute's name, in whichever object."""
        self.outputs: dict[ast.Call, Output] = {}
        self.guards: list[int] = []
        """The computed branches around the current point, each with a number of its own."""
        self.branch_count = 0
        self.arithmetic: set[int] = set()
        """Lines that calculate, other than for an index."""
        self.computations = 0
        self.exhausted = False
        self._indexing = 0
        self._steps = 0
        self._nesting = 0
        self._rules: dict[type[ast.AST], Callable[[Any], int]] = {
            ast.Constant: lambda node: o.of_constant(node.value),
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

    def value_of(self, node: ast.expr | None) -> int:
        """Returns the abstract value of an expression."""
        if node is None:
            return o.NOTHING
        rule = self._rules.get(type(node))
        if rule is None or not self.enter():
            return o.COMPUTED
        try:
            return rule(node)
        finally:
            self._nesting -= 1

    def enter(self) -> bool:
        """Counts a step of the analysis; False when its bounds are reached."""
        self._steps += 1
        if self._steps > MAX_STEPS or self._nesting > MAX_NESTING:
            self.exhausted = True
            return False
        self._nesting += 1
        return True

    def leave(self) -> None:
        """Ends what `enter` began."""
        self._nesting -= 1

    @property
    def guarded(self) -> bool:
        """Whether a computed condition decided that the current point is reached."""
        return bool(self.guards) or self.scope.is_conditional

    @contextmanager
    def branch(self, decided: bool) -> Iterator[None]:
        """Runs a branch of the program, which a computed condition decided on or not."""
        if not decided:
            yield
            return
        self.branch_count += 1
        self.guards.append(self.branch_count)
        yield
        self.guards.pop()

    @contextmanager
    def indexing(self) -> Iterator[None]:
        """Evaluates an index, whose arithmetic says nothing about the answer."""
        self._indexing += 1
        yield
        self._indexing -= 1

    def computed(self) -> int:
        """Returns the value of a computation and counts it."""
        self.computations += 1
        return o.COMPUTED

    def assign(self, target: ast.expr, value: int, source: ast.expr | None = None) -> None:
        """Stores a value in a target: a variable, an item, an attribute, or several of them."""
        if self.guarded and value & o.DATA:
            value |= o.CHOSEN
        if isinstance(target, ast.Name):
            self._assign_name(target.id, value, source)
        elif isinstance(target, ast.Tuple | ast.List):
            self._unpack(target.elts, value, source)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, o.mix(value) | o.COLLECTION)
        elif isinstance(target, ast.Subscript):
            with self.indexing():
                index = self.value_of(target.slice)
            self.pour(target, o.mix(value) | (o.CHOSEN if index & o.DEPENDENT else o.NOTHING))
        else:
            self.pour(target, value)

    def _assign_name(self, name: str, value: int, source: ast.expr | None) -> None:
        owner = self.scope.owner(name)
        before = owner.values.get(name, o.NOTHING)
        if owner is not self.scope and self.guarded:
            value = o.merge(before, value, decided=True)
        owner.put(name, value)
        if isinstance(source, ast.Lambda):
            self.functions[name] = source
        shared = _shared_with(source) if source is not None else None
        if shared is not None and shared != name:
            owner.aliases[name] = shared

    def _unpack(self, targets: list[ast.expr], value: int, source: ast.expr | None) -> None:
        if isinstance(source, ast.Tuple | ast.List) and len(source.elts) == len(targets):
            values = [self.value_of(item) for item in source.elts]
            for target, item, part in zip(targets, values, source.elts, strict=True):
                self.assign(target, item, part)
            return
        for target in targets:
            self.assign(target, o.element(value), source)

    def pour(self, target: ast.expr, value: int) -> None:
        """Adds a value to what the object behind an access path holds."""
        if self.guarded and value & o.ORIGINS:
            value |= o.CHOSEN
        attribute = next((part for part in _path(target) if isinstance(part, ast.Attribute)), None)
        root = root_name(target)
        if attribute is not None:
            held = self.attributes.get(attribute.attr, o.NOTHING)
            self.attributes[attribute.attr] = (
                o.mix(held, value) | (value if not held else held & value) & o.KINDS
            )
        elif root is not None:
            self.scope.pour(root, value)

    def operate(self, operator: ast.operator, left: int, right: int) -> int | None:
        """Returns the value of an operation that only joins or repeats, None for one that calculates."""
        if isinstance(operator, ast.Mod) and left & o.TEXT:
            return o.mix(left, right) | o.TEXT
        if isinstance(operator, ast.Add | ast.Mult) and (left | right) & (o.TEXT | o.COLLECTION):
            whole = left if left & (o.TEXT | o.COLLECTION) else right
            return o.mix(left, right) | whole & o.KINDS
        return None

    def calculate(self, node: ast.AST) -> int:
        """Returns the value of arithmetic and notes its line."""
        if not self._indexing:
            self.arithmetic.add(getattr(node, "lineno", 0))
        return self.computed()

    def _name(self, node: ast.Name) -> int:
        scope = self.scope.find(node.id)
        if scope is not None:
            return scope.values[node.id]
        if node.id == QUESTION:
            return o.DATA | o.TEXT
        return o.COMPUTED if node.id in self.index.origins else o.NOTHING

    def _attribute(self, node: ast.Attribute) -> int:
        held = self.attributes.get(node.attr)
        whole = self.value_of(node.value)
        if held is None:
            return o.COMPUTED if node.attr in self.functions else o.mix(whole)
        return held | o.mix(whole) & (o.DEPENDENT | o.DATA)

    def _subscript(self, node: ast.Subscript) -> int:
        whole = self.value_of(node.value)
        with self.indexing():
            index = self.value_of(node.slice)
        if isinstance(node.slice, ast.Slice):
            return whole | (self.computed() if index else o.NOTHING)
        if index & o.DEPENDENT:
            return o.element(whole) | self.computed()
        if index & o.DATA and index & o.TEXT and not self._steps_through(node):
            return self.computed()
        item = o.element(whole)
        return item if index & o.DATA or whole & o.DATA else item & ~o.DATA

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
        return o.mix(left, right) if _is_neutral(node) else self.calculate(node)

    def _unary(self, node: ast.UnaryOp) -> int:
        value = self.value_of(node.operand)
        return self.computed() if isinstance(node.op, ast.Invert) else o.mix(value)

    def _either(self, node: ast.BoolOp) -> int:
        values = [self.value_of(part) for part in node.values]
        decided = any(o.decides(value) for value in values[:-1])
        whole = values[0]
        for value in values[1:]:
            whole = o.merge(whole, value, decided=decided)
        return whole

    def _compare(self, node: ast.Compare) -> int:
        values = [self.value_of(part) for part in (node.left, *node.comparators)]
        is_membership = any(isinstance(operator, ast.In | ast.NotIn) for operator in node.ops)
        if is_membership or any(map(o.decides, values)):
            return self.computed()
        return o.mix(o.LITERAL, *values)

    def _conditional(self, node: ast.IfExp) -> int:
        decided = o.decides(self.value_of(node.test))
        return o.merge(self.value_of(node.body), self.value_of(node.orelse), decided=decided)

    def _display(self, node: ast.List | ast.Tuple | ast.Set) -> int:
        return o.display([self.value_of(item) for item in node.elts])

    def _dictionary(self, node: ast.Dict) -> int:
        keys = [self.value_of(key) for key in node.keys if key is not None]
        return o.display([*keys, *map(self.value_of, node.values)])

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> int:
        decided = False
        for clause in node.generators:
            items = self.value_of(clause.iter)
            self.assign(clause.target, o.element(items), clause.iter)
            decided = any(o.decides(self.value_of(test)) for test in clause.ifs) or decided
        if isinstance(node, ast.DictComp):
            item = o.display([self.value_of(node.key), self.value_of(node.value)])
        else:
            item = self.value_of(node.elt)
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


def _path(target: ast.expr) -> Iterator[ast.expr]:
    """Yields the steps of an access path from its end; method calls on the way, such as `setdefault`, are passed."""
    while isinstance(target, ast.Attribute | ast.Subscript | ast.Call):
        if isinstance(target, ast.Call):
            if not isinstance(target.func, ast.Attribute):
                return
            target = target.func.value
        else:
            yield target
            target = target.value


def _shared_with(source: ast.expr) -> str | None:
    """Returns the variable whose object, or a part of it, an expression hands out."""
    if not isinstance(source, ast.Call):
        return root_name(source)
    if isinstance(source.func, ast.Attribute):
        return root_name(source) if source.func.attr in ("items", "keys", "values") else None
    is_stepping = isinstance(source.func, ast.Name) and source.func.id in ("enumerate", "reversed", "iter")
    return root_name(source.args[0]) if is_stepping and source.args else None


def _is_neutral(node: ast.BinOp) -> bool:
    """Whether an operation gives back its operand, such as `24 + 0` and `24 * 1`."""
    if isinstance(node.op, ast.Add | ast.Sub):
        neutral = 0
    elif isinstance(node.op, ast.Mult | ast.Div | ast.FloorDiv | ast.Pow):
        neutral = 1
    else:
        return False
    commutes = isinstance(node.op, ast.Add | ast.Mult)
    return _is_number(node.right, neutral) or (commutes and _is_number(node.left, neutral))


def _is_number(node: ast.expr, number: int) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value == number
