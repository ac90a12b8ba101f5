"""Collects what the guide should know about a program."""

import ast
from collections.abc import Iterator
from typing import get_args

from codesteer.checkers.answer_origin import literal_outputs
from codesteer.checkers.answer_table import answer_tables
from codesteer.checkers.code_report import AnswerOrigin, Finding, FindingKind, Technique
from codesteer.checkers.dataflow import Flow
from codesteer.checkers.endless_loops import endless_loops
from codesteer.checkers.program_index import FunctionNode, ProgramIndex
from codesteer.checkers.structure import functions_of

_INPUT_CALLS = frozenset({"input", "sys.stdin.read", "sys.stdin.readline", "sys.stdin.readlines"})
_FILE_CALLS = frozenset({"open", "io.open", "pathlib.Path", "pandas.read_csv", "numpy.loadtxt"})


def find_findings(
    index: ProgramIndex, flow: Flow, origin: AnswerOrigin, techniques: tuple[Technique, ...]
) -> tuple[Finding, ...]:
    """Collects the findings on a program that could be analysed, the most telling first.

    Args:
        index: The program's nodes.
        flow: Its data flow.
        origin: Where its answer comes from.
        techniques: What it uses.
    """
    found = [
        *_output_findings(flow, origin),
        *_computation_findings(index, flow, origin, techniques),
        *_function_findings(index),
        *answer_tables(index, flow, origin),
        *endless_loops(index),
        *_outside_findings(index),
    ]
    if flow.exhausted:
        message = (
            "The program is too intricate to be followed to the end; unfollowed values count as computed."
        )
        found.append(Finding(kind="analysis_limit", line=0, message=message))
    ranks: tuple[FindingKind, ...] = get_args(FindingKind)
    return tuple(sorted(found, key=lambda finding: (ranks.index(finding.kind), finding.line)))


def _output_findings(flow: Flow, origin: AnswerOrigin) -> Iterator[Finding]:
    if not flow.outputs and not flow.exhausted:
        yield Finding(
            kind="no_output", line=0, message="The program never prints anything; print the answer."
        )
    if origin == "literal":
        line = next((output.call.lineno for output in literal_outputs(flow)), 0)
        message = "The printed answer is a literal that the program contains; nothing computes it."
        yield Finding(kind="prints_literal", line=line, message=message)
    elif origin == "mixed":
        line = next((output.call.lineno for output in literal_outputs(flow)), 0)
        message = "Part of what is printed as the answer is a literal that the program contains."
        yield Finding(kind="partly_literal", line=line, message=message)


def _computation_findings(
    index: ProgramIndex, flow: Flow, origin: AnswerOrigin, techniques: tuple[Technique, ...]
) -> Iterator[Finding]:
    if not flow.computes and not techniques:
        message = "The program computes nothing: no loop, test or calculation contributes to the answer."
        yield Finding(kind="no_computation", line=0, message=message)
        return
    if origin == "literal":
        line = min((line for technique in techniques for line in technique.lines), default=0)
        message = "The program computes something, but what it prints does not depend on it."
        yield Finding(kind="unused_computation", line=line, message=message)
        return
    for name, line in _unread_results(index):
        message = f"The value computed for `{name}` is never used."
        yield Finding(kind="unused_computation", line=line, message=message)


def _unread_results(index: ProgramIndex) -> Iterator[tuple[str, int]]:
    """Yields variables that are given the result of a call or an operation and never read."""
    read = {name.id for name in index.all(ast.Name) if not isinstance(name.ctx, ast.Store)}
    read.update(name for declared in index.all(ast.Global) for name in declared.names)
    seen: set[str] = set()
    for assignment in index.all(ast.Assign):
        target = assignment.targets[0]
        is_result = isinstance(assignment.value, (ast.Call, ast.BinOp, ast.ListComp, ast.Compare))
        if isinstance(target, ast.Name) and is_result and not target.id.startswith("_"):
            in_class = isinstance(index.parents[assignment], ast.ClassDef)
            if target.id not in read and target.id not in seen and not in_class:
                seen.add(target.id)
                yield target.id, assignment.lineno


def unused_functions(index: ProgramIndex) -> list[FunctionNode]:
    """Returns the plain functions whose name occurs nowhere outside themselves.

    Methods and decorated functions are left out, because others may call them unseen.

    Args:
        index: The program's nodes.
    """
    candidates = {
        function.name: function
        for function in functions_of(index)
        if not function.decorator_list and not isinstance(index.parents[function], ast.ClassDef)
    }
    for name in index.all(ast.Name):
        function = candidates.get(name.id)
        if function is not None and function not in index.ancestors(name):
            del candidates[name.id]
    return list(candidates.values())


def _function_findings(index: ProgramIndex) -> Iterator[Finding]:
    for function in unused_functions(index):
        message = f"The function `{function.name}` is never called."
        yield Finding(kind="uncalled_function", line=function.lineno, message=message)
    for function in functions_of(index):
        if all(_does_nothing(statement) for statement in function.body):
            message = f"The function `{function.name}` has no body yet."
            yield Finding(kind="empty_function", line=function.lineno, message=message)


def _does_nothing(statement: ast.stmt) -> bool:
    is_constant = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return is_constant or isinstance(statement, ast.Pass)


def _outside_findings(index: ProgramIndex) -> Iterator[Finding]:
    for call in index.all(ast.Call):
        name = index.dotted(call.func)
        if name in _INPUT_CALLS:
            message = f"The program reads from `{name}`, but nobody types anything in; put the data into the program."
            yield Finding(kind="reads_input", line=call.lineno, message=message)
        elif name in _FILE_CALLS:
            message = (
                f"The program opens a file with `{name}`; there are none, so put the data into the program."
            )
            yield Finding(kind="reads_file", line=call.lineno, message=message)
