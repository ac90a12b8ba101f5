"""Values of calls: the program's own functions are followed, known ones stand in a table, all others compute."""

import ast
import builtins
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from codesteer.checkers.changes import ChangeReader
from codesteer.checkers.library import (
    ADDING,
    CASES,
    EXITS,
    LOOKING,
    NUMERIC,
    PASSIVE_BASES,
    PRINTERS,
    RUNNING,
    SHOWING,
    TAKING,
    TEXTUAL,
)
from codesteer.checkers.scope import Scope, last_name
from codesteer.checkers.values import DECIDING, VARIED, Value, one_of, part

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
MAX_CALL_DEPTH = 12
MAX_ROUNDS = 3
"""How often a loop or a recursive function is followed until nothing new turns up."""
_SOMETHING = Value.COMPUTED | Value.WRITTEN
_BUILTINS = frozenset(vars(builtins))


@dataclass(slots=True, eq=False)
class Output:
    """One call that prints."""

    call: ast.Call
    value: Value = Value.NOTHING
    guarded: bool = True
    """Whenever it is reached, a computed test has led there."""


@dataclass(slots=True, eq=False)
class Frame:
    """A call of one of the program's functions that is being followed."""

    function: Function
    scope: Scope
    guard: int
    given: Value = Value.NOTHING
    passed: dict[str, Value] = field(default_factory=dict)
    """Arguments that the function has called itself with."""


class CallReader(ChangeReader):
    """Reads calls, and what they do to their arguments."""

    def __init__(self, tree: ast.Module) -> None:
        super().__init__()
        self.outputs: dict[ast.Call, Output] = {}
        self.functions: dict[str, Function] = {}
        self.closures: dict[Function, Scope] = {}
        self.escaped = False
        """The program may have ended on a computed test before."""
        self.frames: list[Frame] = []
        self.classes = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
        self._methods: dict[str, list[Function]] = {}
        for owner in self.classes.values():
            for method in methods_of(owner):
                self._methods.setdefault(method.name, []).append(method)
        self._mentioned = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        self._modules = set(_imported_names(tree))
        self._made: set[ast.ClassDef] = set()
        self._results: dict[tuple[object, ...], tuple[Value, Scope]] = {}

    @abstractmethod
    def run(self, body: Iterable[ast.stmt]) -> None:
        """Follow statements."""

    @abstractmethod
    def give(self, value: Value) -> None:
        """Note what the running function returns."""

    def visit_Call(self, node: ast.Call) -> Value:
        name = last_name(node.func)
        if self._is_printer(node.func, name):
            return self._print(node)
        if isinstance(node.func, ast.Lambda):
            return self._call_own(node.func, node)
        if isinstance(node.func, ast.Attribute) and name in self._methods:
            return self._call_method_of(node, node.func)
        if isinstance(node.func, ast.Name) and name in self.functions:
            return self._call_own(self.functions[name], node)
        if isinstance(node.func, ast.Name) and name in self.classes:
            return self.make(self.classes[name], [self.read(one) for one in _arguments(node)])
        return self._call_library(node, name)

    def _is_printer(self, callee: ast.expr, name: str) -> bool:
        if isinstance(callee, ast.Attribute):
            is_stream = last_name(callee.value) == "stdout"
            return name in PRINTERS or (is_stream and name in ("write", "writelines"))
        return name in PRINTERS and name not in self.functions

    def _print(self, node: ast.Call) -> Value:
        value = Value.NOTHING
        for argument in node.args:
            value |= self.shown(self.read(argument))
        if not any(option.arg == "file" and last_name(option.value) == "stderr" for option in node.keywords):
            self.print_value(node, value)
        return Value.NOTHING

    def print_value(self, node: ast.Call, value: Value) -> None:
        """Note what a call prints."""
        guarded = self.guard > 0 or self.escaped
        output = self.outputs.setdefault(node, Output(node))
        output.value |= one_of(value) if guarded and value & VARIED else value
        output.guarded &= guarded

    def _call_own(self, function: Function, node: ast.Call) -> Value:
        names = [argument.arg for argument in _positional(function)]
        given = dict(zip(names, node.args, strict=False))
        given |= {option.arg: option.value for option in node.keywords if option.arg}
        values = {name: self.read(argument) for name, argument in given.items()}
        if function.args.vararg:
            rest = ast.List(node.args[len(names) :], ast.Load())
            values[function.args.vararg.arg] = self.read(rest)
        return self._follow(function, given, values)

    def _call_method_of(self, node: ast.Call, callee: ast.Attribute) -> Value:
        """Follow all methods of that name: whose object it is, is not known."""
        own, value = self.read(callee.value), Value.NOTHING
        arguments: list[ast.expr] = [*node.args]
        if last_name(callee.value) in self.classes and arguments:
            arguments = arguments[1:]
        for method in self._methods[callee.attr]:
            names = [argument.arg for argument in _positional(method)][not is_static(method) :]
            given = dict(zip(names, arguments, strict=False))
            given |= {option.arg: option.value for option in node.keywords if option.arg}
            values = {name: self.read(argument) for name, argument in given.items()}
            value |= self._follow(method, given, values | {"self": own})
        return value

    def _follow(self, function: Function, given: Mapping[str, ast.expr], values: dict[str, Value]) -> Value:
        """Follow a call, and let the arguments feel what it did to them."""
        value, scope = self.enter(function, values)
        for name, argument in given.items():
            if name in scope.mutated:
                self.change(argument, scope.names[name])
        return value

    def enter(self, function: Function, arguments: dict[str, Value]) -> tuple[Value, Scope]:
        """Follow a function's body; return what it gives, and its scope at the end."""
        for frame in self.frames:
            if frame.function is function:
                return self._recurse(frame, arguments)
        if len(self.frames) >= MAX_CALL_DEPTH:
            return _SOMETHING, Scope()
        key = (function, tuple(sorted(arguments.items())), self.guard > 0, self.escaped, self.version)
        if key not in self._results:
            self._results[key] = self._enter_anew(function, arguments)
        return self._results[key]

    def _recurse(self, frame: Frame, arguments: Mapping[str, Value]) -> tuple[Value, Scope]:
        for name, value in arguments.items():
            frame.passed[name] = frame.passed.get(name, Value.NOTHING) | value
        return frame.given, frame.scope

    def _enter_anew(self, function: Function, arguments: Mapping[str, Value]) -> tuple[Value, Scope]:
        outer = self.scope
        frame = Frame(function, Scope(), self.guard)
        for _ in range(MAX_ROUNDS):
            before = frame.given, dict(frame.passed)
            frame.scope = self.scope = Scope(self.closures.get(function, self.module))
            for argument in _parameters(function):
                name = argument.arg
                self.scope.names[name] = arguments.get(name, Value.NOTHING) | frame.passed.get(
                    name, Value.NOTHING
                )
            self._read_defaults(function, arguments)
            self.frames.append(frame)
            if isinstance(function, ast.Lambda):
                self.give(self.read(function.body))
            else:
                self.run(function.body)
            self.frames.pop()
            if (frame.given, frame.passed) == before or not frame.passed:
                break
        self.scope = outer
        return frame.given, frame.scope

    def _read_defaults(self, function: Function, arguments: Mapping[str, Value]) -> None:
        defaults = zip(reversed(_positional(function)), reversed(function.args.defaults), strict=False)
        for argument, default in defaults:
            if argument.arg not in arguments:
                self.scope.names[argument.arg] |= self.read(default)

    # Objects, and functions that others call

    def make(self, owner: ast.ClassDef, arguments: list[Value]) -> Value:
        """Make an object: its initialiser runs, and so does each method that Python or a library calls by itself."""
        for name, value in zip(_fields(owner), arguments, strict=False):
            self.set_attribute(name, part(value))
        family = list(self._family(owner))
        for method in (method for one in family for method in methods_of(one)):
            names = [argument.arg for argument in _positional(method)][1:]
            if method.name == "__init__":
                values = dict(zip(names, arguments, strict=False))
                self.enter(method, values | {"self": Value.OBJECT})
        if owner not in self._made:
            self._made.add(owner)
            self._call_implicitly(method for one in family for method in methods_of(one))
        return Value.OBJECT

    def _call_implicitly(self, methods: Iterable[ast.FunctionDef | ast.AsyncFunctionDef]) -> None:
        for method in methods:
            if method.name == "__init__" or method.name in self._mentioned:
                continue
            value = self._call_unseen(method)
            if method.name not in ("__enter__", "__exit__"):
                self.implicit |= part(value)

    def _family(self, owner: ast.ClassDef) -> Iterator[ast.ClassDef]:
        """Yield a class and those of the program that it inherits from."""
        yield owner
        for base in owner.bases:
            parent = self.classes.get(last_name(base))
            if parent is not None and parent is not owner:
                yield parent

    def is_used_by_library(self, owner: ast.ClassDef) -> bool:
        """True if a library may find a class by itself, as ``unittest.main()`` does."""
        bases = {last_name(base) for base in owner.bases}
        tests = any(method.name.startswith("test") for method in methods_of(owner))
        return tests and bool(bases - PASSIVE_BASES - self.classes.keys())

    def _call_unseen(self, function: Function) -> Value:
        """Follow a function that somebody else calls, with arguments that nobody knows."""
        if any(frame.function is function for frame in self.frames):
            return Value.NOTHING
        unknown = {argument.arg: Value.ITEM for argument in _parameters(function)}
        return self.enter(function, unknown | ({"self": Value.OBJECT} if "self" in unknown else {}))[0]

    def mention(self, name: str) -> Value:
        """Return the value of a name that is no variable; a function that is mentioned may be called by others."""
        if name in self.functions:
            self._call_unseen(self.functions[name])
        elif name in self.classes:
            return self.make(self.classes[name], []) if self.classes[name] not in self._made else Value.OBJECT
        return Value.NOTHING

    def mention_attribute(self, node: ast.Attribute) -> Value | None:
        """Return what methods of that name give: a property, or a method handed to somebody."""
        if not isinstance(node.ctx, ast.Load) or node.attr not in self._methods:
            return None
        self.read(node.value)
        value = Value.NOTHING
        for method in self._methods[node.attr]:
            value |= self._call_unseen(method)
        return value

    # Libraries

    def _call_library(self, node: ast.Call, name: str) -> Value:
        arguments = _arguments(node)
        whole = Value.NOTHING
        for argument in arguments:
            whole |= part(self.shown(self.read(argument)))
        if name in EXITS:
            self.escaped |= self.guard > 0
            return Value.NOTHING
        if name in RUNNING:
            self.print_value(node, _SOMETHING)
        if any(last_name(one) in self.functions or last_name(one) in self.classes for one in arguments):
            whole |= Value.COMPUTED
        if isinstance(node.func, ast.Attribute) and last_name(node.func.value) not in self._modules:
            return self._call_method(node.func, whole)
        return self._call_function(node, name, whole)

    def _call_function(self, node: ast.Call, name: str, whole: Value) -> Value:
        if name == "range":
            return Value.POSITION | Value.SEQUENCE
        if name == "map" and node.args:
            whole |= Value.NOTHING if last_name(node.args[0]) in SHOWING else Value.COMPUTED
            return whole | Value.SEQUENCE
        if name in SHOWING and not _converts(node, name):
            return whole | _kind_of(name)
        if name not in _BUILTINS:
            for argument in node.args:
                if not self.read(argument) & Value.TEXT:
                    self.change(argument, _SOMETHING)
        return _SOMETHING

    def _call_method(self, callee: ast.Attribute, whole: Value) -> Value:
        name, base = callee.attr, self.shown(self.read(callee.value)) & ~Value.OBJECT
        if name in ADDING:
            self.change(callee.value, whole)
            return base | whole
        if name in TAKING:
            picked = Value.COMPUTED if whole & DECIDING else Value.NOTHING
            return base & ~Value.SEQUENCE | whole | picked
        if name in SHOWING:
            varied = name in CASES and base & VARIED
            words = base & Value.TEXT if name == "split" else Value.NOTHING
            return part(base) | words | whole | _kind_of(name) | (Value.COMPUTED if varied else Value.NOTHING)
        if name not in LOOKING:
            self.change(callee.value, _SOMETHING)
        return _SOMETHING


def methods_of(owner: ast.ClassDef) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield the methods that a class defines."""
    return (node for node in owner.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def is_static(function: Function) -> bool:
    """True for a static method, which is called without its object."""
    decorators = [] if isinstance(function, ast.Lambda) else function.decorator_list
    return any(last_name(decorator) == "staticmethod" for decorator in decorators)


def _fields(owner: ast.ClassDef) -> Iterator[str]:
    """Yield the fields of a data class."""
    for node in owner.body:
        if isinstance(node, ast.AnnAssign):
            yield last_name(node.target)


def _positional(function: Function) -> list[ast.arg]:
    return [*function.args.posonlyargs, *function.args.args]


def _parameters(function: Function) -> list[ast.arg]:
    given = function.args
    rest = [argument for argument in (given.vararg, given.kwarg) if argument is not None]
    return [*_positional(function), *given.kwonlyargs, *rest]


def _arguments(node: ast.Call) -> list[ast.expr]:
    return [*node.args, *(option.value for option in node.keywords)]


def _converts(node: ast.Call, name: str) -> bool:
    """True for ``int("11", 2)`` and ``zip(*rows)``, which compute."""
    transposes = name == "zip" and any(isinstance(argument, ast.Starred) for argument in node.args)
    return transposes or (name == "int" and len(_arguments(node)) > 1)


def _kind_of(name: str) -> Value:
    if name in NUMERIC:
        return Value.NOTHING
    return Value.TEXT if name in TEXTUAL else Value.SEQUENCE


def _imported_names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.asname or alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)
