"""Data flow through calls: known functions by table, the program's own by following them."""

import ast
from abc import abstractmethod
from dataclasses import dataclass, field

from codesteer.checkers import known_calls as known
from codesteer.checkers import origins as o
from codesteer.checkers.flow_expressions import ExpressionFlow
from codesteer.checkers.flow_state import Output
from codesteer.checkers.hooks import hooks_of
from codesteer.checkers.program_index import FunctionNode, ProgramIndex, root_name
from codesteer.checkers.scope import Return, Scope

MAX_CALL_DEPTH = 12
MAX_CONTEXTS = 8
"""A function is followed for this many combinations of argument values; after that they are taken together."""

_AFTER_EXIT = -1


@dataclass(slots=True)
class _Summary:
    """What a call of one of the program's functions gave for one combination of arguments."""

    value: int = o.NOTHING
    effects: dict[str, int] = field(default_factory=dict)
    """By parameter: what was put into the argument."""
    raised: bool = False


class CallFlow(ExpressionFlow):
    """Gives calls their values and follows the program's own functions."""

    def __init__(self, index: ProgramIndex) -> None:
        super().__init__(index)
        self.module = self.scope
        self.closures: dict[ast.AST, Scope] = {}
        self._summaries: dict[tuple[ast.AST, tuple[int, ...], bool], _Summary] = {}
        self.contexts: dict[ast.AST, int] = {}
        """Functions followed so far, and for how many combinations of arguments."""
        self.constructed: set[ast.ClassDef] = set()
        self._running: list[ast.AST] = []
        self._recursions: dict[ast.AST, list[tuple[int, ...]]] = {}
        """Arguments that a running function passed to itself."""

    @abstractmethod
    def run_body(self, body: list[ast.stmt]) -> None:
        """Runs the statements of a function in the current scope."""

    def call(self, node: ast.Call) -> int:
        """Returns the value of a call and applies what it does to variables."""
        name = self.index.dotted(node.func) or ""
        if name in known.PRINTERS:
            return self._print(node)
        own = self._own(node.func)
        arguments = self._arguments(node, is_range=name == "range")
        if own is not None:
            return self._call_own(own, node, arguments)
        if name in known.EXITS:
            self.stop()
            return o.NOTHING
        if name in known.RUNNERS:
            self._record(node, self.computed())
        if self._call_back(node, arguments) and name in known.HANDING_ON_IMPORTED:
            return self.computed()
        if isinstance(node.func, ast.Name) and node.func.id not in self.index.origins:
            return self._builtin(node, node.func.id, arguments)
        if isinstance(node.func, ast.Attribute) and self.index.imported(node.func) is None:
            return self._method(node.func, arguments)
        return self._imported(name, node, arguments)

    def stop(self) -> None:
        """Notes that the program ends here, which makes what follows conditional when a test decided it."""
        if self.guarded:
            self.scope.left = self.scope.raised = True

    def _print(self, node: ast.Call) -> int:
        shown = [self.value_of(argument) for argument in node.args]
        options = {option.arg: option.value for option in node.keywords}
        stream = options.get("file")
        if stream is None or self.index.dotted(stream) != "sys.stderr":
            self._record(node, o.mix(*shown))
        return o.NOTHING

    def _record(self, node: ast.Call, value: int) -> None:
        if self.guarded and value & o.VARYING:
            value |= o.CHOSEN
        inner = self.guards[-1] if self.guards else 0
        branch = _AFTER_EXIT if self.scope.is_conditional and not inner else inner
        output = self.outputs.setdefault(node, Output(call=node, value=o.NOTHING, branches=set()))
        output.value |= value
        output.branches.add(branch)

    def _arguments(self, node: ast.Call, *, is_range: bool) -> list[int]:
        arguments = [*node.args, *(option.value for option in node.keywords)]
        return [self.index_of(part) if is_range else self.value_of(part) for part in arguments]

    def _own(self, callee: ast.expr) -> FunctionNode | ast.Lambda | ast.ClassDef | None:
        """Finds the function or class of the program that an expression calls."""
        if isinstance(callee, ast.Lambda):
            return callee
        if isinstance(callee, ast.Name):
            return self.functions.get(callee.id) or self.classes.get(callee.id)
        if isinstance(callee, ast.Attribute) and self.index.imported(callee) is None:
            found = self.functions.get(callee.attr)
            in_class = found is not None and isinstance(self.index.parents.get(found), ast.ClassDef)
            return found if in_class else None
        return None

    def _call_own(
        self, own: FunctionNode | ast.Lambda | ast.ClassDef, node: ast.Call, arguments: list[int]
    ) -> int:
        passed = [*node.args, *(option.value for option in node.keywords)]
        bound = dict(zip(_parameters_of(node, own), zip(passed, arguments, strict=True), strict=False))
        if isinstance(own, ast.ClassDef):
            return self._construct(own, bound)
        values = {name: value for name, (_, value) in bound.items()}
        if isinstance(node.func, ast.Attribute) and isinstance(own, (ast.FunctionDef, ast.AsyncFunctionDef)):
            values.setdefault("self", self.value_of(node.func.value))
        summary = self.follow(own, values)
        for name, (argument, _) in bound.items():
            if name in summary.effects:
                self.pour(argument, summary.effects[name])
        return summary.value

    def _construct(self, own: ast.ClassDef, bound: dict[str, tuple[ast.expr, int]]) -> int:
        values = {name: value for name, (_, value) in bound.items()}
        initialiser = _method_of(own, "__init__")
        if initialiser is None:
            self.attributes.update(
                (name, self.attributes.get(name, 0) | value) for name, value in values.items()
            )
        else:
            self.follow(initialiser, values)
        return o.mix(*values.values(), self.follow_hooks(own, o.mix(*values.values())))

    def follow_hooks(self, own: ast.ClassDef, instance: int) -> int:
        """Follows the methods that the interpreter or a library calls on an instance; returns what they make of it.

        Args:
            own: A class of the program.
            instance: The value of what it was made from.
        """
        raised, made = self.scope.raised, [o.NOTHING]
        for hook in hooks_of(own, self.classes, self.index):
            names = _parameter_names(hook.method)
            self.enter_branch(decided=not hook.certain)
            value = self.follow(hook.method, dict.fromkeys(names, o.DATA) | {"self": instance}).value
            self.leave_branch(decided=not hook.certain)
            made += [value] if hook.gives_value else []
        self.scope.raised = raised
        self.constructed.add(own)
        return o.mix(*made)

    def property_of(self, method: FunctionNode | ast.Lambda, owner: int) -> int:
        """Returns the value of reading a method of the program's own as an attribute."""
        return self.follow(method, {"self": owner}).value

    def follow(self, function: FunctionNode | ast.Lambda, values: dict[str, int]) -> _Summary:
        """Runs one of the program's functions on abstract arguments, or recalls what that gave.

        Args:
            function: The function.
            values: Arguments by parameter name; defaults fill the rest.
        """
        names = _parameter_names(function)
        arguments = tuple(values.get(name, o.NOTHING) for name in names)
        if function in self._running:
            self._recursions.setdefault(function, []).append(arguments)
            return _Summary(value=self.computed())
        if len(self._running) >= MAX_CALL_DEPTH:
            return _Summary(value=self.computed())
        if self.contexts.get(function, 0) >= MAX_CONTEXTS:
            arguments = tuple(o.DATA | o.LITERAL for _ in names)
        key = (function, arguments, self.guarded)
        if key not in self._summaries:
            self.contexts[function] = self.contexts.get(function, 0) + 1
            self._summaries[key] = self._run_settled(function, arguments, values)
        summary = self._summaries[key]
        self.scope.raised = self.scope.raised or summary.raised
        return summary

    def _run_settled(
        self, function: FunctionNode | ast.Lambda, arguments: tuple[int, ...], given: dict[str, int]
    ) -> _Summary:
        """Runs a function; where it called itself, runs it again on what it passed to itself."""
        names = _parameter_names(function)
        summary = self._run(function, dict(zip(names, arguments, strict=True)), given)
        passed = self._recursions.pop(function, [])
        joined = tuple(o.join(*values) for values in zip(arguments, *passed, strict=True))
        if joined != arguments:
            summary = self._run(function, dict(zip(names, joined, strict=True)), given)
            self._recursions.pop(function, None)
        return summary

    def _run(
        self, function: FunctionNode | ast.Lambda, arguments: dict[str, int], given: dict[str, int]
    ) -> _Summary:
        caller = self.scope
        callee = Scope(self.closures.get(function, self.module))
        callee.values.update(arguments)
        for name, default in _defaults(function).items():
            if name not in given:
                callee.values[name] = self.value_of(default)
        self._running.append(function)
        only_here = self.guarded and not self.guards
        self.enter_branch(decided=only_here)
        self.scope = callee
        if isinstance(function, ast.Lambda):
            value = self.value_of(function.body)
        else:
            self.run_body(function.body)
            value = _returned(callee)
        self.scope = caller
        self.leave_branch(decided=only_here)
        self._running.pop()
        effects = {name: callee.effects[name] for name in arguments if name in callee.effects}
        return _Summary(value=value, effects=effects, raised=callee.raised)

    def _call_back(self, node: ast.Call, arguments: list[int]) -> bool:
        """Follows functions and classes that are handed to another one, which will presumably call them."""
        if not self.functions and not self.classes and not self.index.nodes.get(ast.Lambda):
            return False
        passed = (*node.args, *(option.value for option in node.keywords))
        handed = [self.hand_over(argument, o.element(o.join(*arguments))) for argument in passed]
        return any(handed)

    def hand_over(self, callee: ast.expr, item: int) -> bool:
        """Follows a function or class of the program that something else will call; False if it is none.

        Args:
            callee: An expression that may name one.
            item: What it will be called with.
        """
        own = self._own(callee) if isinstance(callee, (ast.Name, ast.Attribute, ast.Lambda)) else None
        if isinstance(own, ast.ClassDef):
            self._construct(own, {})
        elif own is not None:
            self.follow(own, dict.fromkeys(_parameter_names(own), item | o.DATA))
        return own is not None

    def _builtin(self, node: ast.Call, name: str, arguments: list[int]) -> int:
        if name in known.OUTSIDE:
            return o.DATA | o.TEXT
        if name in ("map", "filter") and len(node.args) >= 2:
            return self._map(node.args[0], o.join(*arguments[1:]), is_filter=name == "filter")
        if name == "range":
            return (
                o.mix(*arguments)
                | o.COUNT
                | o.COLLECTION
                | (self.computed() if len(arguments) > 2 else o.NOTHING)
            )
        if name in known.TAKING_ITEMS:
            if any(isinstance(argument, ast.Starred) for argument in node.args):
                return self.computed() | o.COLLECTION | o.NESTED
            kind = o.NOTHING if name == "next" else o.COLLECTION
            return o.mix(*arguments) | o.DATA | kind | o.join(*arguments) & o.TEXT_ITEMS
        if name == "int" and len(arguments) > 1:
            return self.computed()
        if name in ("sorted", "reversed"):
            return self.computed() | o.COLLECTION
        if name in known.HANDING_ON:
            return _handed_on(name, arguments)
        return self.computed()

    def _map(self, function: ast.expr, items: int, *, is_filter: bool) -> int:
        own = self._own(function)
        name = self.index.dotted(function)
        if own is not None and not isinstance(own, ast.ClassDef):
            value = self.follow(own, dict.fromkeys(_parameter_names(own), o.element(items))).value
        elif name in known.HANDING_ON or name in known.HANDING_ON_IMPORTED or own is not None:
            value = o.element(items) | (o.TEXT if name in known.TEXT_MAKERS else o.NOTHING)
        else:
            value = self.computed()
        if is_filter:
            return items | o.CHOSEN if o.decides(value) else items
        return o.display([value]) | o.DATA

    def _method(self, callee: ast.Attribute, arguments: list[int]) -> int:
        name = callee.attr
        whole = self.value_of(callee.value)
        if name in known.GROWING_METHODS:
            self.pour(callee.value, o.mix(whole & o.DEPENDENT, *arguments))
        if name in known.TEXT_COMPUTING_METHODS:
            return self.computed() | o.TEXT
        if name in known.CASE_METHODS and whole & o.VARYING:
            return self.computed() | o.TEXT
        if name in known.REORDERING_METHODS:
            self.pour(callee.value, self.computed())
            return o.NOTHING
        if name in known.TAKING_METHODS:
            keyed = self.computed() if arguments and arguments[0] & o.DEPENDENT else o.NOTHING
            return o.element(whole) | o.mix(*arguments) | keyed
        if name in known.GROWING_METHODS:
            return o.NOTHING
        if name in known.HANDING_ON_METHODS:
            kind = o.TEXT if name in known.TEXT_METHODS else o.COLLECTION
            items = o.TEXT_ITEMS if "split" in name else whole & (o.TEXT_ITEMS | o.NESTED)
            return o.mix(whole, *arguments) | kind | (items if kind == o.COLLECTION else o.NOTHING)
        return self.computed()

    def _imported(self, name: str, node: ast.Call, arguments: list[int]) -> int:
        if name in known.GROWING_FUNCTIONS and node.args:
            self.pour(node.args[0], o.mix(*arguments) | self.computed())
        if name in known.OUTSIDE or root_name(node.func) == "stdin":
            return o.DATA | o.TEXT
        if name in known.HANDING_ON_IMPORTED:
            kind = o.COLLECTION if name.startswith(("collections.", "itertools.")) else o.NOTHING
            return o.mix(*arguments) | kind
        return self.computed()


def _handed_on(name: str, arguments: list[int]) -> int:
    value = o.mix(*arguments)
    if name in known.TEXT_MAKERS:
        return value | o.TEXT
    if name not in known.COLLECTION_MAKERS:
        return value
    first = arguments[0] if arguments else o.NOTHING
    items = o.TEXT_ITEMS if first & o.TEXT else first & (o.TEXT_ITEMS | o.NESTED)
    return value | o.COLLECTION | items


def _returned(scope: Scope) -> int:
    if scope.yields:
        return o.display(scope.yields) | o.DATA
    said = [point for point in scope.returns if point.value & o.ORIGINS]
    value = o.join(*(point.value for point in said))
    if any(point.guarded for point in said):
        value |= o.choice(_is_choice(said))
    return value


def _is_choice(returns: list[Return]) -> bool:
    return len({point.node for point in returns}) > 1 or bool(returns[0].value & o.VARYING)


def _parameter_names(function: FunctionNode | ast.Lambda) -> list[str]:
    spec = function.args
    plain = [argument.arg for argument in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)]
    return plain + [rest.arg for rest in (spec.vararg, spec.kwarg) if rest is not None]


def _parameters_of(node: ast.Call, own: FunctionNode | ast.Lambda | ast.ClassDef) -> list[str]:
    """Names the parameter that each argument of a call goes to."""
    function = _method_of(own, "__init__") if isinstance(own, ast.ClassDef) else own
    if function is None:
        fields = own.body if isinstance(own, ast.ClassDef) else []
        names = [
            part.target.id
            for part in fields
            if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
        ]
    else:
        names = _parameter_names(function)
    is_bound = isinstance(node.func, ast.Attribute) or isinstance(own, ast.ClassDef)
    if is_bound and names and names[0] in ("self", "cls"):
        names = names[1:]
    padded = names + [names[-1] if names else ""] * len(node.args)
    return padded[: len(node.args)] + [option.arg or "" for option in node.keywords]


def _method_of(owner: ast.ClassDef, name: str) -> FunctionNode | None:
    for part in owner.body:
        if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef)) and part.name == name:
            return part
    return None


def _defaults(function: FunctionNode | ast.Lambda) -> dict[str, ast.expr]:
    spec = function.args
    plain = [argument.arg for argument in (*spec.posonlyargs, *spec.args)]
    found = dict(zip(plain[len(plain) - len(spec.defaults) :], spec.defaults, strict=True))
    for argument, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True):
        if default is not None:
            found[argument.arg] = default
    return found
