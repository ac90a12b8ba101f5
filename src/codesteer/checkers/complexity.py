"""How much work a program does, and one figure for how much of it reaches the answer that it prints."""

import ast
import math

from codesteer.checkers.code_report import AnswerOrigin, CodeCounts

PRETENDS_BELOW = 1.0
"""A program whose score is lower only pretends to compute."""

_REACH: dict[AnswerOrigin, float] = {"computed": 1.0, "mixed": 0.5, "literal": 0.0, "none": 0.0}
_LOOPS = ast.For | ast.AsyncFor | ast.While | ast.comprehension
_BRANCHES = ast.If | ast.IfExp | ast.match_case
_OPERATIONS = ast.BinOp | ast.AugAssign | ast.UnaryOp | ast.BoolOp | ast.Compare


def count_code(tree: ast.Module) -> CodeCounts:
    """Count a program's parts; the fields of `CodeCounts` say what each figure counts."""
    nodes = list(ast.walk(tree))
    conditions = sum(len(node.ifs) for node in nodes if isinstance(node, ast.comprehension))
    return CodeCounts(
        loops=sum(isinstance(node, _LOOPS) for node in nodes),
        branches=sum(isinstance(node, _BRANCHES) for node in nodes) + conditions,
        calls=sum(isinstance(node, ast.Call) for node in nodes),
        operators=sum(isinstance(node, _OPERATIONS) for node in nodes),
        imports=len(_imported_modules(nodes)),
    )


def complexity_score(origin: AnswerOrigin, counts: CodeCounts) -> float:
    """Rate a program by its work and by whether that work reaches the answer.

    The formula is `reach * (1 + log2(1 + work))`, rounded to two decimals, where

    - `reach` is 1 when the answer is computed, 0.5 when it is mixed, 0 when it is a literal or nothing is printed;
    - `work = loops + branches / 2 + (calls + operators) / 4`.

    A bare product of two constants scores about 1.6, a brute-force search about 4, backtracking over a grid 5 and more.
    Below `PRETENDS_BELOW` the work, however much of it there is, does not reach the answer, or only in part.
    """
    work = counts.loops + counts.branches / 2 + (counts.calls + counts.operators) / 4
    return round(_REACH[origin] * (1 + math.log2(1 + work)), 2)


def _imported_modules(nodes: list[ast.AST]) -> set[str]:
    modules = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return modules | {node.module or "." for node in nodes if isinstance(node, ast.ImportFrom)}
