"""Recognises techniques by the libraries that a program calls."""

import ast
import builtins
from collections.abc import Iterator

from codesteer.checkers.code_report import TechniqueKind
from codesteer.checkers.program_index import ProgramIndex
from codesteer.checkers.signs import Sign
from codesteer.checkers.structure import functions_of

_SOLVERS = """casadi clingo constraint cpmpy cvxpy docplex exact_cover gurobipy highspy kanren minizinc mip networkx
    ortools picos pulp pycosat pyomo pysat scipy.optimize sympy.diophantine sympy.linsolve sympy.nonlinsolve
    sympy.nsolve sympy.reduce_inequalities sympy.rsolve sympy.solve sympy.solve_poly_system sympy.solvers
    sympy.solveset sympy.dsolve z3"""
_SYMBOLIC = """ast fractions lark numpy.fliplr numpy.flipud numpy.rot90 numpy.transpose pyparsing re.sub re.subn
    sympy tokenize"""
_NUMERIC = """calendar cmath collections.Counter datetime dateutil decimal fractions gmpy2 math mpmath numpy pandas
    random scipy statistics"""

_TABLES: tuple[tuple[TechniqueKind, frozenset[str]], ...] = (
    ("solver", frozenset(_SOLVERS.split())),
    ("symbolic", frozenset(_SYMBOLIC.split())),
    ("numeric", frozenset(_NUMERIC.split())),
)
_CONTAINERS = frozenset(
    {"networkx.Graph", "networkx.DiGraph", "networkx.MultiGraph", "networkx.MultiDiGraph"}
)
"""Calls to a solver library that only store data."""
_BUILTINS = frozenset(vars(builtins))


def library_signs(index: ProgramIndex) -> Iterator[Sign]:
    """Yields a sign for each call into a known library.

    Args:
        index: The program's nodes.
    """
    for call in index.all(ast.Call):
        name = index.imported(call.func)
        if name is not None and name not in _CONTAINERS:
            yield from _signs(name, call.lineno)
    if index.star_imports:
        yield from _star_signs(index)


def _star_signs(index: ProgramIndex) -> Iterator[Sign]:
    """Takes calls of names that nothing in the program defines for calls into what was imported with a star."""
    defined = {function.name for function in functions_of(index)} | _BUILTINS | index.origins.keys()
    defined.update(node.name for node in index.all(ast.ClassDef))
    defined.update(name for names in index.stored.values() for name in names)
    for call in index.all(ast.Call):
        if isinstance(call.func, ast.Name) and call.func.id not in defined:
            for module in index.star_imports:
                yield from _signs(f"{module}.{call.func.id}", call.lineno)


def _signs(name: str, line: int) -> Iterator[Sign]:
    prefixes = {name[:end] for end, sign in enumerate(name) if sign == "."} | {name}
    for kind, table in _TABLES:
        if prefixes & table:
            yield Sign(kind, line, f"calls {name}")
            if kind == "solver":
                return
