"""Whether a check of answers computes the right one, or only states it."""

import ast
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


def states_answer(check: str, variables: Iterable[str]) -> bool:
    """True if a check compares the answer only with what the model wrote down.

    Such a check is the model's own answer in another form, and no test. A comparison with something computed, with
    the question's data, or of parts of the answer with each other is one.

    Args:
        check: a program that defines ``is_correct``.
        variables: names that hold the question and its data.
    """
    tree = parse_program(check)
    if isinstance(tree, Finding):
        return False
    known = "".join(f"{name} = open(0).read()\n" for name in variables)
    call = f"{FUNCTION}({_GIVEN!r})\n"
    shown = _ComparisonShower(_names_of_answer(tree)).visit(tree)
    program = ast.Module([*ast.parse(known).body, *shown.body, *ast.parse(call).body], [])
    try:
        flow = Flow(ast.fix_missing_locations(program))
    except RecursionError:
        return False
    if flow.is_intricate:
        return False
    return bool(flow.printed) and not any(shows_computation(output) for output in flow.printed)


class _ComparisonShower(ast.NodeTransformer):
    """Replaces each comparison by a call that prints what it compares."""

    def __init__(self, given: frozenset[str]) -> None:
        self._given = given

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        sides = [part for side in (node.left, *node.comparators) for part in _compared(side)]
        return self._shown(sides)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        name = last_name(node.func)
        if name in _CLOSE:
            return self._shown(node.args[:2])
        if not isinstance(node.func, ast.Attribute):
            return node
        if last_name(node.func.value) == "re":
            return _searched(node, name)
        cleans = name in _CLEANING and self._is_of_answer(node.func.value)
        return node.func.value if cleans else node

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

    def _is_of_answer(self, node: ast.expr) -> bool:
        return bool(_names(node) & self._given)


def _names_of_answer(tree: ast.Module) -> frozenset[str]:
    """Return the names that hold the answer or what is made of it."""
    functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name == FUNCTION]
    given = {argument.arg for one in functions for argument in one.args.args}
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


def _compared(side: ast.expr) -> list[ast.expr]:
    """Return a side of a comparison; of the size of a difference, what is subtracted."""
    if isinstance(side, ast.Call) and last_name(side.func) == _DIFFERENCE and len(side.args) == 1:
        difference = side.args[0]
        if isinstance(difference, ast.BinOp) and isinstance(difference.op, ast.Sub):
            return [difference.left, difference.right]
    return [side]


def _is_length(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and last_name(node.func) == "len"


def _searched(node: ast.Call, name: str) -> ast.expr:
    """Return the text that a regular expression takes apart."""
    place = 2 if name in ("sub", "subn") else 1
    return node.args[place] if len(node.args) > place else node


def _computed() -> ast.expr:
    return ast.Call(ast.Name("open", ast.Load()), [ast.Constant(0)], [])
