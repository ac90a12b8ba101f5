"""Keep answers away from those verifiers of Reasoning Gym that would run them as Python code.

Four of its verifiers call ``eval`` on an answer, and five hand it to SymPy's parser, which does the same with
more steps. Answers that could do anything there but be a literal or a formula are refused.
"""

import ast
import re
import string
from typing import Final

LITERALS: Final = frozenset(("binary_matrix", "n_queens", "spiral_matrix", "string_insertion"))
"""Data sets whose verifier evaluates an answer that is not the stored one."""
NUMBERS: Final = frozenset(("countdown", "puzzle24"))
"""Data sets whose verifier gives an answer to SymPy's parser and takes its numerical value."""
FORMULAS: Final = frozenset(("intermediate_integration", "polynomial_multiplication", "simple_integration"))
"""Data sets whose verifier gives an answer to SymPy's parser and compares symbolically."""

_LONGEST: Final = 1000
_DEEPEST: Final = 60
_LARGEST_POWER: Final = 9
_MOST_POWERS: Final = 3
_LARGEST_DEGREE: Final = 999
_HARMLESS: Final = re.compile(r"[\w\s]*")
_FORMULA: Final = re.compile(r"[\w\s+\-*/^().,=|]*", re.ASCII)
_NAME: Final = re.compile(r"[A-Za-z_]\w*")
_FUNCTIONS: Final = "sin cos tan sec csc cot asin acos atan sinh cosh tanh exp log ln sqrt pi Abs"
_NAMES: Final = frozenset((*_FUNCTIONS.split(), *string.ascii_letters))
_EXPONENT: Final = re.compile(r"(?:\b([A-Za-z])\s*)?(?:\*\*|\^)\s*\(?\s*-?\s*(\d*)")
_TOWER: Final = re.compile(r"(?:\*\*|\^)[\s(-]*+[\w.]*+[\s)]*+(?:\*\*|\^)")
_ATTRIBUTE: Final = re.compile(r"\.\s*[A-Za-z_]")


def refusal(dataset: str, answer: str) -> str | None:
    """Why an answer must not reach the data set's verifier; None when it may."""
    if dataset in LITERALS and not _is_literal(answer):
        return "this is neither plain text nor a literal, and the verifier would run it"
    names = _NAMES if dataset in FORMULAS else frozenset[str]()
    if dataset in FORMULAS | NUMBERS and not _is_formula(answer, names):
        return "this is no plain formula, and the verifier would run it"
    return None


def _is_literal(answer: str) -> bool:
    if _HARMLESS.fullmatch(answer):
        return True
    if len(answer) > _LONGEST or _depth(answer) > _DEEPEST:
        return False
    try:
        ast.literal_eval(answer)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _is_formula(answer: str, names: frozenset[str]) -> bool:
    """Whether there are only numbers, small powers, and names that are allowed in it."""
    known = names.issuperset(_NAME.findall(answer))
    powers = [(symbol, int(exponent[:9] or 0)) for symbol, exponent in _EXPONENT.findall(answer)]
    others = [power for symbol, power in powers if not symbol]
    small = all(power <= (_LARGEST_DEGREE if symbol else _LARGEST_POWER) for symbol, power in powers)
    small = small and len(others) <= _MOST_POWERS and not _TOWER.search(answer)
    plain = bool(_FORMULA.fullmatch(answer)) and not _ATTRIBUTE.search(answer)
    return known and small and plain and len(answer) <= _LONGEST and _depth(answer) <= _DEEPEST


def _depth(text: str) -> int:
    deepest = depth = 0
    for sign in text:
        depth += (sign in "([{") - (sign in ")]}")
        deepest = max(deepest, depth)
    return deepest
