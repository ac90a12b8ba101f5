"""Data flow through statements: assignments, branches, loops and definitions, in the order they run."""

import ast
from collections.abc import Callable
from typing import Any

from codesteer.checkers import origins as o
from codesteer.checkers.flow_calls import CallFlow
from codesteer.checkers.hooks import has_library_base, is_called_by_library
from codesteer.checkers.known_calls import EXITS
from codesteer.checkers.program_index import FunctionNode, ProgramIndex
from codesteer.checkers.scope import Break, Return

MAX_PASSES = 3
"""A loop's body is followed until its variables' values settle, at most so often."""


class StatementFlow(CallFlow):
    """Runs statements on abstract values."""

    def __init__(self, index: ProgramIndex) -> None:
        super().__init__(index)
        self._statements: dict[type[ast.AST], Callable[[Any], bool | None]] = {
            ast.Assign: self._assignment,
            ast.AnnAssign: self._annotated,
            ast.AugAssign: self._augmented,
            ast.Expr: self._expression,
            ast.If: self._if,
            ast.For: self._for,
            ast.AsyncFor: self._for,
            ast.While: self._while,
            ast.With: self._with,
            ast.AsyncWith: self._with,
            ast.Try: self._try,
            ast.Match: self._match,
            ast.Return: self._return,
            ast.Raise: self._raise,
            ast.Assert: self._assert,
            ast.Break: self._break,
            ast.Continue: self._break,
            ast.FunctionDef: self._function,
            ast.AsyncFunctionDef: self._function,
            ast.ClassDef: self._class,
            ast.Global: self._elsewhere,
            ast.Nonlocal: self._elsewhere,
            ast.Delete: self._delete,
        }
        if hasattr(ast, "TryStar"):
            self._statements[ast.TryStar] = self._try

    def run_body(self, body: list[ast.stmt]) -> None:
        """Runs the statements of a function in the current scope."""
        self.block(body)

    def run_module(self) -> None:
        """Runs the program, then what a library calls in it without being asked by name."""
        self.block(self.index.tree.body)
        for owner in list(self.classes.values()):
            if owner not in self.constructed and has_library_base(owner, self.classes, self.index):
                self.follow_hooks(owner, o.DATA)
        for function in list(self.functions.values()):
            if isinstance(function, ast.Lambda) or function in self.contexts:
                continue
            if is_called_by_library(function, self.index):
                self.follow(function, {})

    def block(self, body: list[ast.stmt]) -> bool:
        """Runs statements in order; True when control never gets past them."""
        for statement in body:
            rule = self._statements.get(type(statement))
            if rule is None:
                continue
            if not self.enter():
                return False
            is_over = rule(statement)
            self.leave()
            if is_over:
                return True
        return False

    def _assignment(self, node: ast.Assign) -> None:
        value = self.value_of(node.value)
        for target in node.targets:
            self.assign(target, value, node.value)
            if isinstance(target, ast.Attribute):  # a handler of an object that is not the program's own
                self.enter_branch(decided=True)
                self.hand_over(node.value, o.DATA)
                self.leave_branch(decided=True)

    def _annotated(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.assign(node.target, self.value_of(node.value), node.value)

    def _augmented(self, node: ast.AugAssign) -> None:
        before, added = self.value_of(node.target), self.value_of(node.value)
        value = self.operate(node.op, before, added)
        if value is None:
            value = self.calculate(node)
        elif self.guarded:
            value |= o.CHOSEN
        if isinstance(node.target, ast.Name) and self.scope.find(node.target.id) is self.scope:
            self.scope.values[node.target.id] = value
            self.scope.written.add(node.target.id)
            if value & o.COLLECTION:
                self.pour(node.target, value)
        else:
            self.assign(node.target, value)

    def _expression(self, node: ast.Expr) -> bool:
        self.value_of(node.value)
        return isinstance(node.value, ast.Call) and self.is_exit(node.value)

    def is_exit(self, node: ast.Call) -> bool:
        """Whether a call ends the program."""
        return self.index.dotted(node.func) in EXITS

    def _if(self, node: ast.If) -> bool:
        decided = self.is_decided(node.test)
        if isinstance(node.test, ast.Constant):
            return self.block(node.body if node.test.value else node.orelse)
        return self._choose([node.body, node.orelse], decided)

    def _choose(self, bodies: list[list[ast.stmt]], decided: bool) -> bool:
        """Runs alternative bodies on the same variables and merges those that come out."""
        before, written = self.scope.values, self.scope.written
        self.scope.written = set()
        ends: list[dict[str, int]] = []
        for body in bodies:
            self.scope.values = dict(before)
            if not self._branch(body, decided=decided):
                ends.append(self.scope.values)
        self.scope.values = self._merged(ends, decided=decided) if ends else before
        self.scope.written |= written
        return not ends

    def _branch(self, body: list[ast.stmt], *, decided: bool) -> bool:
        self.enter_branch(decided=decided)
        is_over = self.block(body)
        self.leave_branch(decided=decided)
        return is_over

    def _merged(self, ends: list[dict[str, int]], *, decided: bool) -> dict[str, int]:
        merged = dict(ends[0])
        for end in ends[1:]:
            for name, value in end.items():
                is_choice = decided and name in self.scope.written
                if is_choice or merged.get(name) != value:
                    merged[name] = o.merge(merged.get(name, o.NOTHING), value, decided=is_choice)
            for name in merged.keys() - end.keys():
                merged[name] = o.merge(merged[name], o.NOTHING, decided=decided)
        return merged

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        items = self.value_of(node.iter)

        def step() -> bool:
            self.assign_item(node.target, items, node.iter)
            return self.block(node.body)

        self._loop(step, node.orelse, decided=False)

    def _while(self, node: ast.While) -> bool | None:
        if isinstance(node.test, ast.Constant) and not node.test.value:
            return self.block(node.orelse)

        def step() -> bool:
            return self._branch(node.body, decided=self.is_decided(node.test))

        self._loop(step, node.orelse, decided=True)
        return None

    def _loop(self, step: Callable[[], bool], orelse: list[ast.stmt], *, decided: bool) -> None:
        broke, self.scope.broke = self.scope.broke, False
        breaks, self.scope.breaks = self.scope.breaks, []
        for _ in range(MAX_PASSES):
            before = dict(self.scope.values)
            step()
            after = self.scope.values
            for name, value in before.items():
                if after.get(name) != value:
                    after[name] = o.merge(value, after.get(name, o.NOTHING), decided=False)
            if all(after[name] == value for name, value in before.items()):
                break
        left_early = self.scope.broke
        self._join_breaks(self.scope.breaks)
        self.scope.broke, self.scope.breaks = broke, breaks
        self._branch(orelse, decided=left_early or decided)

    def _join_breaks(self, breaks: list[Break]) -> None:
        """Adds the variables' values at each `break` to those at the loop's end."""
        for point in breaks:
            for name, value in point.values.items():
                is_choice = point.guarded and name in point.written
                before = self.scope.values.get(name, o.NOTHING)
                if is_choice or before != value:
                    self.scope.values[name] = o.merge(before, value, decided=is_choice)

    def _with(self, node: ast.With | ast.AsyncWith) -> bool:
        for item in node.items:
            value = self.value_of(item.context_expr)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, value)
        return self.block(node.body)

    def _try(self, node: ast.Try) -> bool:
        raised, computations = self.scope.raised, self.computations
        before, written = dict(self.scope.values), self.scope.written
        self.scope.written = set()
        stopped = self.block(node.body) or self.block(node.orelse)
        could_fail = self.scope.raised or self.computations > computations
        ends = [] if stopped else [self.scope.values]
        if node.handlers:
            self.scope.raised = raised
        start = self._merged([before, self.scope.values], decided=False)
        for handler in node.handlers:
            self.scope.values = dict(start)
            if not self._branch(handler.body, decided=could_fail):
                ends.append(self.scope.values)
        self.scope.values = self._merged(ends, decided=could_fail) if ends else before
        self.scope.written |= written
        return self.block(node.finalbody) or not ends

    def _match(self, node: ast.Match) -> None:
        subject = self.value_of(node.subject)
        decided = o.decides(subject)
        for case in node.cases:
            for pattern in ast.walk(case.pattern):
                name = getattr(pattern, "name", None) or getattr(pattern, "rest", None)
                if isinstance(name, str):
                    self.scope.put(name, o.element(subject))
            if case.guard is not None:
                decided = self.is_decided(case.guard) or decided
        self._choose([*(case.body for case in node.cases), []], decided)

    def _return(self, node: ast.Return) -> bool:
        value = self.value_of(node.value)
        if self.guarded and value & o.VARYING:
            value |= o.CHOSEN
        self.scope.returns.append(Return(node=node, value=value, guarded=self.guarded))
        if self.guarded:
            self.scope.left = True
        return True

    def _raise(self, node: ast.Raise) -> bool:
        self.value_of(node.exc)
        if self.guarded:
            self.scope.raised = True
        return True

    def _assert(self, node: ast.Assert) -> None:
        if self.is_decided(node.test):
            self.scope.raised = True

    def _break(self, node: ast.Break | ast.Continue) -> bool:
        self.scope.breaks.append(
            Break(values=dict(self.scope.values), written=frozenset(self.scope.written), guarded=self.guarded)
        )
        if self.guarded:
            self.scope.broke = True
        return True

    def _function(self, node: FunctionNode) -> None:
        self.functions[node.name] = node
        self.closures[node] = self.scope

    def _class(self, node: ast.ClassDef) -> None:
        self.classes[node.name] = node
        self.block(node.body)
        for statement in node.body:
            targets = statement.targets if isinstance(statement, ast.Assign) else []
            for field in (target for target in targets if isinstance(target, ast.Name)):
                self.attributes[field.id] = self.scope.values.get(field.id, o.NOTHING)

    def _elsewhere(self, node: ast.Global | ast.Nonlocal) -> None:
        self.scope.elsewhere.update(node.names)

    def _delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if not isinstance(target, ast.Name):
                self.pour(target, o.COMPUTED)
