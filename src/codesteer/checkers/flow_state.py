"""What the data flow knows at one point of a program, and how values are stored."""

import ast
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

from codesteer.checkers import origins as o
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


class FlowState(ABC):
    """Variables, attributes and outputs, and the branches around the current point."""

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
        self.bound: dict[str, int] = {}
        """At which step a variable was last set: the variable of an inner loop later than that of an outer one."""
        self.indexing = 0
        self.steps = 0
        self.nesting = 0

    @abstractmethod
    def value_of(self, node: ast.expr | None) -> int:
        """Returns the abstract value of an expression."""

    @abstractmethod
    def index_of(self, node: ast.expr) -> int:
        """Returns the value of an index, whose arithmetic says nothing about the answer."""

    def enter(self) -> bool:
        """Counts a step of the analysis; False when its bounds are reached."""
        self.steps += 1
        if self.steps > MAX_STEPS or self.nesting > MAX_NESTING:
            self.exhausted = True
            return False
        self.nesting += 1
        return True

    def leave(self) -> None:
        """Ends what `enter` began."""
        self.nesting -= 1

    @property
    def guarded(self) -> bool:
        """Whether a computed condition decided that the current point is reached."""
        scope = self.scope
        return bool(self.guards) or scope.left or scope.raised or scope.broke

    def enter_branch(self, *, decided: bool) -> None:
        """Begins a branch of the program; only one that a computed condition decided on counts."""
        if decided:
            self.branch_count += 1
            self.guards.append(self.branch_count)

    def leave_branch(self, *, decided: bool) -> None:
        """Ends what `enter_branch` began."""
        if decided:
            self.guards.pop()

    def computed(self) -> int:
        """Returns the value of a computation and counts it."""
        self.computations += 1
        return o.COMPUTED

    def assign(self, target: ast.expr, value: int, source: ast.expr | None = None) -> None:
        """Stores a value in a target: a variable, an item, an attribute, or several of them."""
        if self.guarded and value & o.VARYING:
            value |= o.CHOSEN
        if isinstance(target, ast.Name):
            self._assign_name(target.id, value, source)
        elif isinstance(target, (ast.Tuple, ast.List)):
            self._unpack(target.elts, value, source)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, o.mix(value) | o.COLLECTION)
        elif isinstance(target, ast.Subscript):
            index = self.index_of(target.slice)
            place = index | self.value_of(target.value)
            is_moved = place & o.DEPENDENT or (index & o.VARYING and value & o.VARYING)
            self.pour(target, o.mix(value) | (o.CHOSEN if is_moved else o.NOTHING))
        else:
            self.pour(target, value)

    def assign_item(self, target: ast.expr, items: int, iterable: ast.expr) -> None:
        """Stores an item of an iterable in the target of a `for`."""
        is_display = isinstance(iterable, (ast.Tuple, ast.List))
        self.assign(target, o.element(items), None if is_display else iterable)

    def _assign_name(self, name: str, value: int, source: ast.expr | None) -> None:
        owner = self.scope.owner(name)
        before = owner.values.get(name, o.NOTHING)
        if owner is not self.scope and self.guarded:
            value = o.merge(before, value, decided=True)
        owner.put(name, value)
        self.bound[name] = self.steps
        if isinstance(source, ast.Lambda):
            self.functions[name] = source
        shared = _shared_with(source) if source is not None else None
        if shared is not None and shared != name:
            owner.aliases[name] = shared

    def _unpack(self, targets: list[ast.expr], value: int, source: ast.expr | None) -> None:
        if isinstance(source, (ast.Tuple, ast.List)) and len(source.elts) == len(targets):
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


def _path(target: ast.expr) -> Iterator[ast.expr]:
    """Yields the steps of an access path from its end; method calls on the way, such as `setdefault`, are passed."""
    while isinstance(target, (ast.Attribute, ast.Subscript, ast.Call)):
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
