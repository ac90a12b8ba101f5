"""Puts together which techniques a program uses and where."""

from collections.abc import Iterable
from typing import get_args

from codesteer.checkers.code_report import Technique, TechniqueKind
from codesteer.checkers.dataflow import Flow
from codesteer.checkers.library_signs import library_signs
from codesteer.checkers.numeric_signs import numeric_signs
from codesteer.checkers.program_index import FunctionNode, ProgramIndex
from codesteer.checkers.search_signs import search_signs
from codesteer.checkers.signs import Sign
from codesteer.checkers.symbolic_signs import symbolic_signs

_MAX_LINES = 10
_MAX_WORDS = 4


def find_techniques(index: ProgramIndex, flow: Flow, unused: Iterable[FunctionNode]) -> tuple[Technique, ...]:
    """Finds the techniques of a program.

    Args:
        index: The program's nodes.
        flow: Its data flow.
        unused: Functions that nothing calls; what stands in them is not used.
    """
    spans = [range(function.lineno, (function.end_lineno or function.lineno) + 1) for function in unused]
    signs = [*search_signs(index), *symbolic_signs(index), *numeric_signs(index, flow), *library_signs(index)]
    live = [sign for sign in signs if not any(sign.line in span for span in spans)]
    kinds: tuple[TechniqueKind, ...] = get_args(TechniqueKind)
    found = (_technique(kind, [sign for sign in live if sign.kind == kind]) for kind in kinds)
    return tuple(technique for technique in found if technique is not None)


def _technique(kind: TechniqueKind, signs: list[Sign]) -> Technique | None:
    if not signs:
        return None
    words = list(dict.fromkeys(sign.words for sign in signs))[:_MAX_WORDS]
    lines = sorted({sign.line for sign in signs})[:_MAX_LINES]
    return Technique(kind=kind, lines=tuple(lines), evidence="; ".join(words))
