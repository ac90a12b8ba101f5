"""The symbolic checker: from the text of a program to a report, without running it."""

from codesteer.checkers.answer_origin import answer_origin
from codesteer.checkers.code_report import CodeReport, Finding
from codesteer.checkers.complexity import complexity_score
from codesteer.checkers.dataflow import trace
from codesteer.checkers.findings import find_findings, unused_functions
from codesteer.checkers.program_index import ProgramIndex
from codesteer.checkers.program_source import parse_program
from codesteer.checkers.structure import count_structure
from codesteer.checkers.techniques import find_techniques


def analyze_code(program: str) -> CodeReport:
    """Analyses a program that a model wrote (paper: the "symbolic checker").

    The paper counts keywords in the text, where the `if` in `different` is a branch; this works on the syntax tree
    and the data flow. It is pure and total: any text gives a report, no exception and no warning, and a text too
    large or too deeply nested to be analysed in good time gives a report that says so.

    Args:
        program: The program's text.
    """
    tree = parse_program(program)
    if isinstance(tree, Finding):
        return _refusal(tree)
    index = ProgramIndex(tree)
    if index.refusal is not None:
        return _refusal(index.refusal)
    if not tree.body:
        return _refusal(Finding(kind="empty_program", line=0, message="The program contains no statement."))
    try:
        return _report(index, program)
    except RecursionError:
        # The bounds leave room under Python's default limit; a caller deep in its own recursion can still meet it.
        message = "The program nests too deeply to be analysed here."
        return _refusal(Finding(kind="too_deep", line=0, message=message))


def _report(index: ProgramIndex, program: str) -> CodeReport:
    flow = trace(index)
    origin = answer_origin(flow)
    techniques = find_techniques(index, flow, unused_functions(index))
    counts = count_structure(index, program)
    return CodeReport(
        answer_origin=origin,
        complexity=complexity_score(origin, counts, techniques),
        techniques=techniques,
        findings=find_findings(index, flow, origin, techniques),
        counts=counts,
        imports=tuple(sorted(index.modules)),
    )


def _refusal(finding: Finding) -> CodeReport:
    return CodeReport(answer_origin="none", complexity=0.0, findings=(finding,))
