"""Decides from a program's outputs whether its answer is computed or written down."""

import ast

from codesteer.checkers import origins as o
from codesteer.checkers.code_report import AnswerOrigin
from codesteer.checkers.dataflow import Flow
from codesteer.checkers.flow_state import Output


def answer_origin(flow: Flow) -> AnswerOrigin:
    """Decides where the answer comes from; `CodeReport.answer_origin` says what the words mean.

    Outputs with the answer marker `<<<` are the answer; where there are none, every output that shows a letter or a
    digit is part of it. A literal is an answer made up by the model unless a computed condition chose it
    among several.

    Args:
        flow: The program's data flow.
    """
    outputs = answer_outputs(flow)
    if flow.exhausted and not outputs:
        return "computed"
    if not outputs:
        return "none" if flow.outputs or not flow.assigned_answer else _of_value(flow.assigned_answer)
    kinds = [_of_value(output.value) for output in outputs]
    if "mixed" in kinds or (flow.exhausted and "computed" not in kinds):
        return "mixed"
    if "computed" not in kinds:
        return _of_literals(outputs)
    is_plain = [kind == "literal" and not output.guarded for kind, output in zip(kinds, outputs, strict=True)]
    has_marker = bool(outputs[0].value & o.MARKED)
    return "mixed" if is_plain[-1] or (has_marker and any(is_plain)) else "computed"


def answer_outputs(flow: Flow) -> list[Output]:
    """Returns the outputs that can be the answer, in the order they are reached.

    Args:
        flow: The program's data flow.
    """
    telling = [output for output in flow.outputs if output.value & o.ORIGINS and not _is_decoration(output)]
    telling = [output for output in telling if _of_value(output.value) != "none"]
    marked = [output for output in telling if output.value & o.MARKED]
    return marked or telling


def literal_outputs(flow: Flow) -> list[Output]:
    """Returns the answer's outputs that show nothing but what the model wrote down.

    Args:
        flow: The program's data flow.
    """
    return [output for output in answer_outputs(flow) if _of_value(output.value) != "computed"]


def _of_value(value: int) -> AnswerOrigin:
    if value & o.DEPENDENT:
        return "mixed" if value & o.SEALED and not value & o.CHOSEN else "computed"
    if not value & o.LITERAL:
        return "none"
    return "mixed" if value & o.GUARDED else "literal"


def _of_literals(outputs: list[Output]) -> AnswerOrigin:
    """Decides on outputs that are all literals: a computed choice among them is a computed answer."""
    branches = {branch for output in outputs if output.guarded for branch in output.branches}
    if len(branches) > 1:
        return "computed"
    return "mixed" if branches else "literal"


def _is_decoration(output: Output) -> bool:
    return all(_draws_only(argument) for argument in output.call.args)


def _draws_only(node: ast.expr) -> bool:
    """Whether an expression is text without a letter or digit, such as a rule made of hyphens."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and not any(sign.isalnum() for sign in node.value)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return _draws_only(node.left) or _draws_only(node.right)
    return False
