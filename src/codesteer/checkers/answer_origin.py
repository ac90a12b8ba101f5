"""Decide from a program's outputs whether its answer is computed or written down."""

import ast
from collections.abc import Sequence

from codesteer.checkers.calls import Output
from codesteer.checkers.code_report import AnswerOrigin
from codesteer.checkers.flow import Flow
from codesteer.checkers.values import Value, of_constant


def answer_origin(flow: Flow) -> AnswerOrigin:
    """Decide where the answer comes from; ``CodeReport.answer_origin`` says what the words mean.

    Outputs with the answer marker ``<<<`` are the answer; where there are none, every output that shows a letter or a
    digit is part of it. A literal is an answer made up by the model unless a computed test chose it among several.
    """
    outputs = answer_outputs(flow)
    if not outputs:
        return _without_output(flow)
    origins = [_origin_of(output.value) for output in outputs]
    if "mixed" in origins or (flow.is_intricate and "computed" not in origins):
        return "mixed"
    if "computed" not in origins:
        return _of_literals(outputs)
    plain = [
        origin == "literal" and not output.guarded for origin, output in zip(origins, outputs, strict=True)
    ]
    is_marked = bool(outputs[0].value & Value.MARKED)
    return "mixed" if plain[-1] or (is_marked and any(plain)) else "computed"


def answer_outputs(flow: Flow) -> list[Output]:
    """Return the outputs that can be the answer, in the order in which they are reached."""
    telling = [output for output in flow.printed if not _is_decoration(output.call)]
    telling = [output for output in telling if _origin_of(output.value) != "none"]
    return [output for output in telling if output.value & Value.MARKED] or telling


def literal_outputs(flow: Flow) -> list[Output]:
    """Return the answer's outputs that show something that the model wrote down."""
    return [output for output in answer_outputs(flow) if _origin_of(output.value) != "computed"]


def shows_computation(output: Output) -> bool:
    """True if an output shows something that the program computes."""
    return _origin_of(output.value) in ("computed", "mixed")


def _without_output(flow: Flow) -> AnswerOrigin:
    if flow.is_intricate:
        return "computed"
    return "none" if flow.printed else _origin_of(flow.assigned_answer)


def _origin_of(value: Value) -> AnswerOrigin:
    if value & Value.COMPUTED:
        return "mixed" if value & Value.WHOLE else "computed"
    if not value & (Value.WRITTEN | Value.MARKED):
        return "computed" if value & Value.POSITION else "none"
    return "mixed" if value & Value.GUARDED else "literal"


def _is_decoration(call: ast.Call) -> bool:
    """True for a text without a letter or digit, such as a rule made of hyphens or a lone marker."""
    return all(
        isinstance(shown, ast.Constant) and not of_constant(shown.value) & Value.WRITTEN
        for shown in call.args
    )


def _of_literals(outputs: Sequence[Output]) -> AnswerOrigin:
    """Decide on outputs that are all literals: a computed test that chooses among them computes the answer."""
    guarded = sum(output.guarded for output in outputs)
    if guarded > 1:
        return "computed"
    return "mixed" if guarded else "literal"
