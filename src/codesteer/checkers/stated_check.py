"""Whether a check of answers computes the right one, or only states it."""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

from codesteer.checkers.answer_origin import shows_computation
from codesteer.checkers.check_function import FUNCTION
from codesteer.checkers.code_report import Finding
from codesteer.checkers.flow import Flow
from codesteer.checkers.program_source import parse_program
from codesteer.checkers.scope import last_name

_GIVEN = "answer"
_CLEANING = frozenset({"casefold", "removeprefix", "removesuffix", "replace", "translate"})
"""Methods that take marks from an answer."""
_DIFFERENCE, _CLOSE = "abs", frozenset({"isclose", "allclose"})
_BEGINS_OR_ENDS = frozenset({"startswith", "endswith"})
_FORMS = frozenset({"Counter", "float", "frozenset", "int", "list", "set", "sorted", "str", "tuple"})
"""Functions that bring both sides of a comparison into one form."""
_READERS = frozenset({"eval", "literal_eval", "loads"})
_TESTS = frozenset({"fullmatch", "match", "search"})
_LISTS = (ast.List, ast.Tuple, ast.Set, ast.Dict)
_PLAIN_PATTERN = re.compile(
    r"(?:\\[bA]|\^){0,2}((?:[^\\^$.|?*+()\[\]{}]|\\[^\w\s])*+)(?:\\[bZ]|\$){0,2}", re.ASCII
)
"""A regular expression that only one text matches."""


def states_answer(check: str, variables: Iterable[str]) -> bool:
    """True if a check compares the answer only with what the model wrote down.

    Such a check is the model's own answer in another form, and no test. A comparison with something computed, with
    the question's data, or of parts of the answer with each other is one.

    Args:
        check: a program that defines ``is_correct``.
        variables: names that hold the question and its data.
    """
    tree, variables = parse_program(check), frozenset(variables)
    if isinstance(tree, Finding):
        return False
    known = "".join(f"{name} = open(0).read()\n" for name in sorted(variables))
    call = f"{FUNCTION}({_GIVEN!r})\n"
    shown = _ComparisonShower(_names_of_answer(tree), variables).visit(tree)
    program = ast.Module([*ast.parse(known).body, *shown.body, *ast.parse(call).body], [])
    try:
        flow = Flow(ast.fix_missing_locations(program))
    except RecursionError:
        return False
    if flow.is_intricate:
        return False
    return bool(flow.printed) and not any(shows_computation(output) for output in flow.printed)


class _ComparisonShower(ast.NodeTransformer):
    """Replaces each comparison by a call that prints what it compares; those of the question alone stay."""

    def __init__(self, given: frozenset[str], known: frozenset[str]) -> None:
        self._given, self._known = given, known

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        """Assign the defaults of the check's parameters, for which nothing is passed."""
        self.generic_visit(node)
        if node.name == FUNCTION:
            defaults = (ast.Assign([ast.Name(one.arg, ast.Store())], value) for one, value in _defaults(node))
            node.body = [*defaults, *node.body]
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        if _names(node) & self._known and not self._is_of_answer(node):
            return node
        sides = _without_forms([node.left, *node.comparators])
        return self._shown([part for side in sides for part in self._compared(side)])

    def visit_Match(self, node: ast.Match) -> list[ast.stmt]:
        self.generic_visit(node)
        cases = [one.value for one in ast.walk(node) if isinstance(one, ast.MatchValue)]
        return [*(ast.Expr(self._shown([node.subject, value])) for value in cases), node]

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        name = last_name(node.func)
        if name in _CLOSE:
            return self._shown(node.args[:2])
        if not isinstance(node.func, ast.Attribute):
            return node
        of_answer = self._is_of_answer(node.func.value)
        match node.func.value:
            case ast.Name(id="re"):
                return self._searched(node, name)
            case ast.Dict(keys=keys) if name == "get" and any(map(self._is_of_answer, node.args)):
                return self._shown([key for key in keys if key is not None])
            case text if name in _BEGINS_OR_ENDS and of_answer:
                return self._shown([text, *node.args[:1]])
            case text if name in _CLEANING and of_answer:
                return text
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.comprehension:
        """Leave out conditions on parts of the answer: they take it apart."""
        if self._is_of_answer(node.iter):
            node.ifs = []
        self.generic_visit(node)
        return node

    def _shown(self, sides: Sequence[ast.expr]) -> ast.expr:
        if any(_is_length(side) and self._is_of_answer(side) for side in sides):
            return ast.Constant(None)
        of_answer = sum(map(self._is_of_answer, sides))
        shown = [_computed()] if of_answer > 1 else list(sides)
        return ast.Call(ast.Name("print", ast.Load()), shown, [])

    def _compared(self, side: ast.expr) -> list[ast.expr]:
        """Return a side of a comparison; of a difference of the answer, or of its size, what is subtracted."""
        match side:
            case ast.Call(args=[ast.BinOp(op=ast.Sub(), left=left, right=right)]) if (
                last_name(side.func) == _DIFFERENCE
            ):
                return [left, right]
            case ast.BinOp(op=ast.Sub(), left=left, right=right) if self._is_of_answer(side):
                return [left, right]
            case ast.Subscript(value=whole, slice=place) if _names(whole) & self._given:
                return [side] if self._is_of_answer(place) else [whole]
        return [side]

    def _searched(self, node: ast.Call, name: str) -> ast.expr:
        """Return the text that a regular expression takes apart; a test for one text only is a comparison."""
        place = 2 if name in ("sub", "subn") else 1
        if len(node.args) <= place:
            return node
        sought = _sought(node.args[0]) if name in _TESTS else None
        return node.args[place] if sought is None else self._shown([node.args[place], sought])

    def _is_of_answer(self, node: ast.expr) -> bool:
        return bool(_names(node) & self._given)


def _names_of_answer(tree: ast.Module) -> frozenset[str]:
    """Return the names that hold the answer or what is made of it."""
    functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name == FUNCTION]
    parameters = {
        one.arg for function in functions for one in (*function.args.posonlyargs, *function.args.args)
    }
    given = parameters - {one.arg for function in functions for one, _ in _defaults(function)}
    nodes = (node for function in functions for node in ast.walk(function))
    bound = [(_names(target), _names(source)) for node in nodes for target, source in _bindings(node)]
    while more := {name for stored, loaded in bound if loaded & given for name in stored} - given:
        given |= more
    return frozenset(given)


def _bindings(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield what a statement or comprehension binds, and to what."""
    match node:
        case ast.Assign(targets=targets, value=value):
            yield from ((target, value) for target in targets)
        case (
            ast.AugAssign(target=target, value=value)
            | ast.AnnAssign(target=target, value=ast.expr() as value)
        ):
            yield target, value
        case (
            ast.For(target=ast.Tuple(elts=targets), iter=ast.Call(func=ast.Name(id="zip"), args=values))
            | ast.comprehension(
                target=ast.Tuple(elts=targets), iter=ast.Call(func=ast.Name(id="zip"), args=values)
            )
        ):
            yield from zip(targets, values, strict=False)
        case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
            yield target, value


def _names(node: ast.expr) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _without_forms(sides: list[ast.expr]) -> list[ast.expr]:
    """Return the sides of a comparison without what brings all into one form, or reads a list from the answer."""
    forms = {last_name(side.func) if isinstance(side, ast.Call) else "" for side in sides}
    if forms <= _FORMS:
        sides = [_argument(side) for side in sides]
    if any(isinstance(side, _LISTS) for side in sides):
        sides = [_argument(side, _READERS) for side in sides]
    return sides


def _argument(side: ast.expr, functions: frozenset[str] = _FORMS) -> ast.expr:
    """Return the only argument of a call of one of the functions; any other expression as it is."""
    match side:
        case ast.Call(args=[argument], keywords=[]) if last_name(side.func) in functions:
            return argument
    return side


def _sought(pattern: ast.expr) -> ast.expr | None:
    """Return the only text that a regular expression matches; None if it matches several."""
    if not isinstance(pattern, ast.Constant) or not isinstance(pattern.value, str):
        return pattern
    plain = _PLAIN_PATTERN.fullmatch(pattern.value)
    return ast.Constant(plain[1]) if plain else None


def _defaults(function: ast.FunctionDef) -> Iterator[tuple[ast.arg, ast.expr]]:
    """Yield the parameters of a function that have a default, and the default."""
    positional = [*function.args.posonlyargs, *function.args.args]
    given = function.args.defaults
    yield from zip(positional[len(positional) - len(given) :], given, strict=True)
    named = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
    yield from ((one, value) for one, value in named if value is not None)


def _is_length(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and last_name(node.func) == "len"


def _computed() -> ast.expr:
    return ast.Call(ast.Name("open", ast.Load()), [ast.Constant(0)], [])
