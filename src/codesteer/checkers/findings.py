"""What the guide should know about a program: where the answer is written down, and what is missing."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import get_args

from codesteer.checkers.answer_origin import literal_outputs
from codesteer.checkers.code_report import AnswerOrigin, Finding, FindingKind
from codesteer.checkers.flow import Flow

_LITERALS: dict[AnswerOrigin, tuple[FindingKind, str]] = {
    "literal": (
        "prints_literal",
        "The printed answer is a literal that the program contains; nothing computes it.",
    ),
    "mixed": (
        "partly_literal",
        "Part of what is printed as the answer is a literal that the program contains.",
    ),
}
_RANKS: tuple[FindingKind, ...] = get_args(FindingKind)


def find_findings(tree: ast.Module, flow: Flow, origin: AnswerOrigin) -> tuple[Finding, ...]:
    """Return the findings on a program, the most telling first."""
    found = [*_on_output(flow, origin), *_on_functions(tree), *_on_limits(flow)]
    return tuple(sorted(found, key=lambda finding: (_RANKS.index(finding.kind), finding.line)))


def _on_output(flow: Flow, origin: AnswerOrigin) -> Iterator[Finding]:
    if not flow.printed and not flow.is_intricate:
        message = "The program never prints anything; print the answer."
        yield Finding(kind="no_output", line=0, message=message)
    if origin in _LITERALS:
        kind, message = _LITERALS[origin]
        line = next((output.call.lineno for output in literal_outputs(flow)), 0)
        yield Finding(kind=kind, line=line, message=message)


def _on_functions(tree: ast.Module) -> Iterator[Finding]:
    """Yield functions whose name occurs nowhere outside themselves; methods and decorated ones may be called unseen."""
    nodes = list(ast.walk(tree))
    methods = {part for node in nodes if isinstance(node, ast.ClassDef) for part in node.body}
    uses = Counter(_names(nodes))
    for node in nodes:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if node in methods or node.decorator_list:
            continue
        if uses[node.name] == Counter(_names(ast.walk(node)))[node.name]:
            message = f"The function `{node.name}` is never called."
            yield Finding(kind="uncalled_function", line=node.lineno, message=message)


def _names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    return (node.id for node in nodes if isinstance(node, ast.Name))


def _on_limits(flow: Flow) -> Iterator[Finding]:
    if flow.is_intricate:
        message = (
            "The program is too intricate to be followed to the end; unfollowed values count as computed."
        )
        yield Finding(kind="analysis_limit", line=0, message=message)
