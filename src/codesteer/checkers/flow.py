"""Follows a program's values from constants to what it prints; nothing is executed."""

import ast
from collections.abc import Iterable, Iterator, Sequence

from codesteer.checkers.calls import MAX_ROUNDS, CallReader, Output
from codesteer.checkers.expressions import IntricateError
from codesteer.checkers.library import PASSIVE_DECORATORS
from codesteer.checkers.scope import last_name
from codesteer.checkers.values import DECIDING, VARIED, Value, one_of

_SHOWN = Value.WRITTEN | Value.COMPUTED | VARIED
_SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr)
_ANSWER_NAMES = ("result", "answer")


class Flow(CallReader):
    """Follows statements in order on abstract values; loops until nothing new turns up."""

    def __init__(self, tree: ast.Module) -> None:
        super().__init__(tree)
        self.is_intricate = False
        """The program was too intricate to be followed to its end."""
        self._decided: set[ast.AST] = set()
        try:
            self.run(tree.body)
        except IntricateError:
            self.is_intricate = True

    @property
    def printed(self) -> Sequence[Output]:
        """The calls that print, in the order in which they are first reached."""
        return tuple(self.outputs.values())

    @property
    def assigned_answer(self) -> Value:
        """What the module's variable ``result`` or ``answer`` holds at the end."""
        value = Value.NOTHING
        for name in _ANSWER_NAMES:
            value |= self.module.names.get(name, Value.NOTHING)
        return value

    def run(self, body: Iterable[ast.stmt]) -> None:
        """Follow statements; behind a computed test that may leave them, the rest is guarded."""
        entered = self.guard
        for statement in body:
            self.read(statement)
            if isinstance(statement, ast.Return | ast.Raise | ast.Break | ast.Continue):
                break
            self.guard += self._may_leave(statement)
        self.guard = entered

    def _may_leave(self, statement: ast.stmt) -> bool:
        if not self._decided or isinstance(statement, _SIMPLE):
            return False
        leaving: tuple[type[ast.AST], ...] = (ast.Return,)
        if not isinstance(statement, ast.For | ast.AsyncFor | ast.While):
            leaving += (ast.Break, ast.Continue)
        decided = (node for node in _inside(statement) if node in self._decided)
        return any(isinstance(node, leaving) for test in decided for node in _inside(test))

    def give(self, value: Value) -> None:
        """Note what the running function returns; one of several is chosen by the test that led there."""
        if not self.frames:
            return
        frame = self.frames[-1]
        if self.guard > frame.guard and value & ~Value.SEQUENCE:
            several = value & VARIED or frame.given & _SHOWN or _returns(frame.function) > 1
            value = one_of(value) if several else value | Value.GUARDED
        frame.given |= value

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Value:
        self.functions[node.name] = node
        self.closures[node] = self.scope
        if any(last_name(decorator) not in PASSIVE_DECORATORS for decorator in node.decorator_list):
            self._call_unseen(node)
        return Value.NOTHING

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> Value:
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                self.closures[statement] = self.scope
            elif isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
                targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                value = self.read(statement.value)
                for target in targets:
                    self.set_attribute(last_name(target), value)
        return self.make(node, []) if self.is_used_by_library(node) else Value.NOTHING

    def visit_Assign(self, node: ast.Assign) -> Value:
        for target in node.targets:
            self._assign(target, node.value)
        return Value.NOTHING

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Value:
        if node.value is not None:
            self._assign(node.target, node.value)
        return Value.NOTHING

    def _assign(self, target: ast.expr, source: ast.expr) -> None:
        if isinstance(target, ast.Name) and isinstance(source, ast.Lambda):
            self.functions[target.id] = source
            self.closures[source] = self.scope
            return
        if isinstance(target, ast.Tuple) and isinstance(source, ast.Tuple):
            values = [self.read(one) for one in source.elts]
            for one, value in zip(target.elts, values, strict=False):
                self.bind(one, value)
            return
        value = self.read(source)
        self.bind(target, value & ~Value.SEQUENCE if isinstance(target, ast.Tuple | ast.List) else value)
        if isinstance(target, ast.Name) and isinstance(source, ast.Name | ast.Subscript | ast.Attribute):
            self.scope.aliases[target.id] = [source]

    def visit_AugAssign(self, node: ast.AugAssign) -> Value:
        self.bind(
            node.target,
            self.when_guarded(self.operation(node, self.read(node.target), self.read(node.value))),
        )
        return Value.NOTHING

    def visit_Expr(self, node: ast.Expr) -> Value:
        return self.read(node.value)

    def visit_Yield(self, node: ast.Yield | ast.YieldFrom) -> Value:
        self.give(self.read(node.value))
        return Value.NOTHING

    visit_YieldFrom = visit_Yield

    def visit_Return(self, node: ast.Return) -> Value:
        self.give(self.read(node.value))
        return Value.NOTHING

    def visit_Assert(self, node: ast.Assert) -> Value:
        self.escaped |= self.decides(node.test)
        return Value.NOTHING

    def visit_Raise(self, node: ast.Raise) -> Value:
        self.escaped |= self.guard > 0
        return Value.NOTHING

    def visit_Global(self, node: ast.Global | ast.Nonlocal) -> Value:
        self.scope.elsewhere.update(node.names)
        return Value.NOTHING

    visit_Nonlocal = visit_Global

    def visit_Delete(self, node: ast.Delete) -> Value:
        for target in node.targets:
            if isinstance(target, ast.Subscript):
                self.change(target.value, Value.COMPUTED)
        return Value.NOTHING

    def visit_With(self, node: ast.With | ast.AsyncWith) -> Value:
        for item in node.items:
            value = self.read(item.context_expr)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, value)
        self.run(node.body)
        return Value.NOTHING

    visit_AsyncWith = visit_With

    def visit_If(self, node: ast.If) -> Value:
        self._branch(node, self.decides(node.test), node.body, node.orelse)
        return Value.NOTHING

    def visit_Try(self, node: ast.Try) -> Value:
        return self._try(node)

    def visit_TryStar(self, node: ast.TryStar) -> Value:
        return self._try(node)

    def _try(self, node: ast.Try | ast.TryStar) -> Value:
        self.run(node.body)
        self._branch(node, False, [], *(handler.body for handler in node.handlers))
        self.run(node.orelse)
        self.run(node.finalbody)
        return Value.NOTHING

    def visit_Match(self, node: ast.Match) -> Value:
        subject = self.read(node.subject)
        decided = bool(subject & DECIDING)
        for case in node.cases:
            for pattern in ast.walk(case.pattern):
                decided |= isinstance(pattern, ast.MatchSequence | ast.MatchMapping | ast.MatchClass)
                if isinstance(pattern, ast.MatchAs | ast.MatchStar) and pattern.name is not None:
                    self.store(pattern.name, subject | Value.ITEM)
            decided |= case.guard is not None and self.decides(case.guard)
        self._branch(node, decided, *(case.body for case in node.cases))
        return Value.NOTHING

    def _branch(self, node: ast.stmt, decided: bool, *bodies: list[ast.stmt]) -> None:
        """Follow alternatives from the same start, and merge what they leave."""
        if decided:
            self._decided.add(node)
        scope, start, before = self.scope, self.scope.names, self.scope.take_touched()
        ends = []
        for body in bodies:
            scope.names = dict(start)
            self.guard += decided
            self.run(body)
            self.guard -= decided
            if not (body and isinstance(body[-1], ast.Return | ast.Raise)):
                ends.append(scope.names)
        touched = scope.take_touched()
        scope.names = dict(start)
        for name in touched:
            scope.names[name] = _merged([end.get(name, Value.NOTHING) for end in ends], decided)
        scope.touched = before | touched

    def visit_For(self, node: ast.For | ast.AsyncFor | ast.While) -> Value:
        for _ in range(MAX_ROUNDS):
            before, touched = self.scope.names, self.scope.take_touched()
            self.scope.names = dict(before)
            if isinstance(node, ast.While):
                self.decides(node.test)
            else:
                self.step(node.target, node.iter)
                for name in _names(node.target):
                    self.scope.aliases[name] = [node.iter]
            self.run(node.body)
            for name in list(self.scope.touched):
                self.scope.join(name, before.get(name, Value.NOTHING))
            self.scope.touched |= touched
            if self.scope.names == before:
                break
        self._run_else(node)
        return Value.NOTHING

    visit_AsyncFor = visit_While = visit_For

    def _run_else(self, node: ast.For | ast.AsyncFor | ast.While) -> None:
        inner = list(_inside(node))
        may_skip = any(isinstance(one, ast.Break) for one in inner) and any(
            one in self._decided for one in inner
        )
        self.guard += may_skip
        self.run(node.orelse)
        self.guard -= may_skip


def _merged(values: list[Value], decided: bool) -> Value:
    """Merge what a name holds after alternatives; what a computed test chose among several depends on it."""
    merged = Value.NOTHING
    for value in values:
        merged |= value
    if not decided:
        return merged
    several = sum(bool(value & _SHOWN) for value in values) > 1 or merged & VARIED
    return one_of(merged) if several else merged | Value.GUARDED


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a statement's nodes, without those of functions and classes that it defines."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        children = ast.iter_child_nodes(found)
        waiting.extend(
            one for one in children if isinstance(one, ast.stmt | ast.ExceptHandler | ast.match_case)
        )


def _names(target: ast.expr) -> Iterator[str]:
    return (node.id for node in ast.walk(target) if isinstance(node, ast.Name))


def _returns(function: ast.AST) -> int:
    return sum(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(function))
