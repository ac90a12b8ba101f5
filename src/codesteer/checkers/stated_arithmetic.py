"""The one computation that a question states in full, such as "What is 12 * 34?": its value needs no second opinion."""

import ast
import operator
import re
from fractions import Fraction
from functools import lru_cache

from codesteer.replies.question_data import EXAMPLE

MAX_QUESTION_LENGTH, MAX_EXPRESSION_LENGTH = 1000, 300
_ARITHMETIC = re.compile(r"[-−(\d][-−+*/×÷·()\d\s.,]*+")
"""A run of characters that expressions are made of; the interpreter's parser decides whether it is one."""
_INTRODUCTION = re.compile(
    r"(?:\s|what|is|are|the|exact|compute|calculate|evaluate|determine|find|give|please|how|much|solve|work|out|result"
    r"|value|product|sum|difference|quotient|of|following|expression|[:,'’s`])*+",
    re.IGNORECASE,
)
"""What may stand before the expression in its sentence: nothing that asks for anything but its value."""
_SIGNS = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-"})
_OPERATIONS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def states_answer(question: str, answer: str) -> bool:
    """Return whether a question states one computation and nothing else, and the answer is exactly its value."""
    value = stated_value(question)
    if value is None or len(answer) > MAX_EXPRESSION_LENGTH:
        return False
    try:
        return Fraction(answer.strip().replace(",", "")) == value
    except (ValueError, ZeroDivisionError):
        return False


@lru_cache(maxsize=256)
def stated_value(question: str) -> Fraction | None:
    """Return the value of the only expression in a question; None if there is more to it.

    There must be no other number, except in examples of the answer's form, and no word in the expression's sentence
    that asks for anything but its value.
    """
    if len(question) > MAX_QUESTION_LENGTH:
        return None
    text = EXAMPLE.sub(" ", question)
    runs = [run for run in _ARITHMETIC.finditer(text) if re.search(r"\d", run[0])]
    if len(runs) != 1 or len(runs[0][0]) > MAX_EXPRESSION_LENGTH:
        return None
    expression = runs[0][0].rstrip(" .,\n\t(-")
    before, after = text[: runs[0].start()], text[runs[0].start() + len(expression) :]
    beginning, rest = re.split(r"[.!?\n]", before)[-1], re.split(r"[.!?\n]", after)[0]
    if not _INTRODUCTION.fullmatch(beginning) or rest.strip(" =,`"):
        return None
    return _evaluate(expression.translate(_SIGNS).replace(",", ""))


def _evaluate(expression: str) -> Fraction | None:
    try:
        body = ast.parse(expression, mode="eval").body
        return _value(body) if isinstance(body, ast.BinOp) else None
    except (SyntaxError, ValueError, ZeroDivisionError, RecursionError):
        return None


def _value(node: ast.expr) -> Fraction:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return Fraction(str(node.value))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        return Fraction(_OPERATIONS[type(node.op)](_value(node.left), _value(node.right)))
    raise ValueError("not an arithmetic expression")
