"""Protect against verifiers of Reasoning Gym that run answers as Python code.

Four of its verifiers call ``eval`` on an answer, and five pass it to SymPy's parser, which uses ``eval`` too. Answers
to these are rejected unless they are plain literals or formulas.
"""

import ast
import re
import string
from typing import Final

LITERALS: Final = frozenset(("binary_matrix", "n_queens", "spiral_matrix", "string_insertion"))
"""Data sets whose verifier evaluates answers that differ from the stored one."""
NUMBERS: Final = frozenset(("countdown", "puzzle24"))
"""Data sets whose verifier parses an answer with SymPy and uses its numerical value."""
FORMULAS: Final = frozenset(("intermediate_integration", "polynomial_multiplication", "simple_integration"))
"""Data sets whose verifier parses an answer with SymPy and compares symbolically."""

_MAX_LENGTH: Final = 1000
_MAX_DEPTH: Final = 60
_MAX_POWER: Final = 9
_MAX_POWERS: Final = 3
_MAX_DEGREE: Final = 999
_HARMLESS: Final = re.compile(r"[\w\s]*")
_FORMULA: Final = re.compile(r"[\w\s+\-*/^().,=|]*", re.ASCII)
_NAME: Final = re.compile(r"[A-Za-z_]\w*")
_FUNCTIONS: Final = "sin cos tan sec csc cot asin acos atan sinh cosh tanh exp log ln sqrt pi Abs"
_NAMES: Final = frozenset((*_FUNCTIONS.split(), *string.ascii_letters))
_EXPONENT: Final = re.compile(r"(?:\b([A-Za-z])\s*)?(?:\*\*|\^)\s*\(?\s*-?\s*(\d*)")
_TOWER: Final = re.compile(r"(?:\*\*|\^)[\s(-]*+[\w.]*+[\s)]*+(?:\*\*|\^)")
_ATTRIBUTE: Final = re.compile(r"\.\s*[A-Za-z_]")


def rejection_reason(dataset: str, answer: str) -> str | None:
    """Say why an answer must not reach the data set's verifier; None if it may."""
    if dataset in LITERALS and not _is_literal(answer):
        return "the answer is neither plain text nor a literal, and the verifier would run it"
    names = _NAMES if dataset in FORMULAS else frozenset[str]()
    if dataset in FORMULAS | NUMBERS and not _is_formula(answer, names):
        return "the answer is not a plain formula, and the verifier would run it"
    return None


def _is_literal(answer: str) -> bool:
    if _HARMLESS.fullmatch(answer):
        return True
    if len(answer) > _MAX_LENGTH or _depth(answer) > _MAX_DEPTH:
        return False
    try:
        ast.literal_eval(answer)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _is_formula(answer: str, names: frozenset[str]) -> bool:
    """Whether the answer holds only numbers, small powers and allowed names."""
    known = names.issuperset(_NAME.findall(answer))
    powers = [(symbol, int(exponent[:9] or 0)) for symbol, exponent in _EXPONENT.findall(answer)]
    others = [power for symbol, power in powers if not symbol]
    small = all(power <= (_MAX_DEGREE if symbol else _MAX_POWER) for symbol, power in powers)
    small = small and len(others) <= _MAX_POWERS and not _TOWER.search(answer)
    plain = bool(_FORMULA.fullmatch(answer)) and not _ATTRIBUTE.search(answer)
    return known and small and plain and len(answer) <= _MAX_LENGTH and _depth(answer) <= _MAX_DEPTH


def _depth(text: str) -> int:
    deepest = depth = 0
    for sign in text:
        depth += (sign in "([{") - (sign in ")]}")
        deepest = max(deepest, depth)
    return deepest
