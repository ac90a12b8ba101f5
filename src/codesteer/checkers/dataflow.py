"""Follows a program's values from constants to what it prints.

An abstract interpretation: statements run in order on abstract values (`codesteer.checkers.origins`), functions of
the file are followed into, loops run until their values settle. Nothing is executed.
"""

import ast
from dataclasses import dataclass

from codesteer.checkers import origins as o
from codesteer.checkers.flow_state import Output
from codesteer.checkers.flow_statements import StatementFlow
from codesteer.checkers.program_index import ProgramIndex

_ANSWER_NAMES = ("result", "answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What the data flow of a program shows."""

    outputs: tuple[Output, ...]
    """Calls that print, in the order they are first reached."""
    assigned_answer: int
    """The value of a module variable `result` or `answer` at the end; nothing when there is none."""
    arithmetic: frozenset[int]
    """Lines that calculate, other than for an index."""
    computes: bool
    """Something is computed, used or not."""
    reached: frozenset[ast.AST]
    """Functions and lambdas that are called."""
    exhausted: bool
    """The analysis met its bounds; what it did not reach counts as computed."""


def trace(index: ProgramIndex) -> Flow:
    """Follows the values of a program.

    Args:
        index: The program's nodes.
    """
    flow = StatementFlow(index)
    flow.run_module()
    answers = [flow.module.values[name] for name in _ANSWER_NAMES if name in flow.module.values]
    return Flow(
        outputs=tuple(flow.outputs.values()),
        assigned_answer=o.mix(*answers),
        arithmetic=frozenset(flow.arithmetic),
        computes=flow.computations > 0,
        reached=frozenset(flow.contexts),
        exhausted=flow.exhausted,
    )
