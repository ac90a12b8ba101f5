"""The one computation that a question states in full, such as "What is 12 * 34?": its value needs no second opinion."""

import ast
import operator
import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from codesteer.checkers.asides import asks_nothing
from codesteer.replies.question_data import EXAMPLE

MAX_QUESTION_LENGTH, MAX_EXPRESSION_LENGTH = 1000, 300
_ARITHMETIC = re.compile(r"[-−(\d][-−+*/×÷·()\d\s.,]*+")
"""A run of characters that expressions are made of; the interpreter's parser decides whether it is one."""
_INTRODUCTION = re.compile(
    r"(?:\s|what|is|are|the|exact|compute|calculate|evaluate|determine|find|give|please|how|much|solve|work|out|result"
    r"|value|product|sum|difference|quotient|of|following|expression|can|could|would|you|tell|me|hello|hi|hey"
    r"|[:,'’`s])*+",
    re.IGNORECASE,
)
"""What may stand before the expression in its sentence: nothing that asks for anything but its value."""
_ENDING = re.compile(r"[\s`]*+(?:is|gives|equals|makes|for me)?[\s=,`]*+(?:\?\s*+)?", re.IGNORECASE)
"""What may stand after the expression in its sentence."""
_NAMED = re.compile(r"\b(product|sum|difference|quotient)\b", re.IGNORECASE)
_THOUSANDS = re.compile(r"(?<![\d.])(\d{1,3}(?:,\d{3})+)(?![\d,])")
_DATE = re.compile(r"\d{4}([-/])\d{1,2}\1\d{1,2}|\d{1,2}([-/])\d{1,2}\2\d{4}")
_INTEGRAL = re.compile(r"\b(?:integer|whole)\b", re.IGNORECASE)
_ANSWER = re.compile(r"([-+]?\d+(?:\.\d*)?(?:/\d+)?)(?:[eE]([-+]?\d{1,4}))?")
_MAX_EXPONENT = 1000
"""No expression of this length has a value beyond."""
_SIGNS = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-"})
_OPERATIONS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_RESULTS = {"sum": ast.Add, "difference": ast.Sub, "product": ast.Mult, "quotient": ast.Div}


def states_answer(question: str, answer: str) -> bool:
    """Return whether a question states one computation and nothing else, and the answer is exactly its value."""
    value = stated_value(question)
    if value is None or len(answer) > MAX_EXPRESSION_LENGTH:
        return False
    number = _ANSWER.fullmatch(answer.strip().replace(",", ""))
    # A large power of ten would take seconds to compute.
    if number is None or abs(int(number[2] or 0)) > _MAX_EXPONENT:
        return False
    try:
        return Fraction(number[1]) * Fraction(10) ** int(number[2] or 0) == value
    except ZeroDivisionError:
        return False


@lru_cache(maxsize=256)
def stated_value(question: str) -> Fraction | None:
    """Return the value of the only expression in a question; None if there is more to it.

    There must be no other number, except in examples of the answer's form, no word in the expression's sentence that
    asks for anything but its value, and no other sentence that may change it.
    """
    if len(question) > MAX_QUESTION_LENGTH:
        return None
    text = EXAMPLE.sub(" ", question)
    runs = [run for run in _ARITHMETIC.finditer(text) if re.search(r"\d", run[0])]
    if len(runs) != 1 or len(runs[0][0]) > MAX_EXPRESSION_LENGTH:
        return None
    expression = runs[0][0].rstrip(" .,\n\t(-")
    before, after = text[: runs[0].start()], text[runs[0].start() + len(expression) :]
    introduction, rest = re.split(r"[.!?\n]", before)[-1], re.split(r"[.!?\n]", after)[0]
    earlier, later = before[: len(before) - len(introduction)], after[len(rest) :]
    # An exclamation mark right after a number may be a factorial.
    if later.startswith("!") and not rest:
        return None
    if not (_INTRODUCTION.fullmatch(introduction) and _ENDING.fullmatch(rest)):
        return None
    if not (asks_nothing(earlier) and asks_nothing(later)):
        return None
    value = _evaluate(expression, [name.lower() for name in _NAMED.findall(introduction)])
    is_integral = value is None or value.denominator == 1
    return value if is_integral or not _INTEGRAL.search(earlier + later) else None


def _evaluate(expression: str, names: Sequence[str]) -> Fraction | None:
    """Return the value of an expression; None if it is none, or its operation is not the named one."""
    plain = _THOUSANDS.sub(lambda number: number[1].replace(",", ""), expression.translate(_SIGNS))
    if _DATE.fullmatch(plain):
        return None
    try:
        body = ast.parse(plain, mode="eval").body
        if not isinstance(body, ast.BinOp) or any(not isinstance(body.op, _RESULTS[name]) for name in names):
            return None
        return _value(body, plain)
    except (SyntaxError, ValueError, ZeroDivisionError, RecursionError):
        return None


def _value(node: ast.expr, text: str) -> Fraction:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return Fraction(ast.get_source_segment(text, node) or "")
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, text)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        return Fraction(_OPERATIONS[type(node.op)](_value(node.left, text), _value(node.right, text)))
    raise ValueError("not an arithmetic expression")
