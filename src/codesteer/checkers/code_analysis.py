"""The symbolic checker: from the text of a program to a report, without running it."""

import ast

from codesteer.checkers.answer_origin import answer_origin
from codesteer.checkers.code_report import CodeReport, Finding
from codesteer.checkers.complexity import complexity_score, count_code
from codesteer.checkers.findings import find_findings
from codesteer.checkers.flow import Flow
from codesteer.checkers.program_source import parse_program


def analyze_code(program: str) -> CodeReport:
    """Analyse a program that a model wrote (paper: the "symbolic checker").

    The paper counts keywords in the text, where the `if` in `different` is a branch; this works on the syntax tree
    and the data flow. It is pure and total: any text gives a report, no exception and no warning, and a text too
    large or too deeply nested to be analysed in good time gives a report that says so.
    """
    tree = parse_program(program)
    if isinstance(tree, Finding):
        return _refusal(tree)
    if not tree.body:
        return _refusal(Finding(kind="empty_program", line=0, message="The program contains no statement."))
    try:
        return _report(tree)
    except RecursionError:
        # The bounds leave room under Python's default limit; a caller deep in its own recursion can still meet it.
        message = "The program nests too deeply to be analysed here."
        return _refusal(Finding(kind="too_deep", line=0, message=message))


def _report(tree: ast.Module) -> CodeReport:
    flow, counts = Flow(tree), count_code(tree)
    origin = answer_origin(flow)
    return CodeReport(
        answer_origin=origin,
        complexity=complexity_score(origin, counts),
        findings=find_findings(tree, flow, origin),
        counts=counts,
    )


def _refusal(finding: Finding) -> CodeReport:
    return CodeReport(answer_origin="none", complexity=0.0, findings=(finding,))
