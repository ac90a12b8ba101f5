"""Parse the expression with Python's own parser and evaluate its tree with fractions."""

import ast
import re
from fractions import Fraction
from random import Random

from codesteer.symbench.problems.game24 import Puzzle


def value(node: ast.expr) -> Fraction:
    match node:
        case ast.Constant(value=int(number)):
            return Fraction(number)
        case ast.BinOp(left, ast.Add(), right):
            return value(left) + value(right)
        case ast.BinOp(left, ast.Sub(), right):
            return value(left) - value(right)
        case ast.BinOp(left, ast.Mult(), right):
            return value(left) * value(right)
        case ast.BinOp(left, ast.Div(), right):
            return value(left) / value(right)
    raise ValueError(node)


def accepts(puzzle: Puzzle, answer: str) -> bool:
    try:
        tree = ast.parse(answer, mode="eval").body
        numbers = sorted(int(str(node.value)) for node in ast.walk(tree) if isinstance(node, ast.Constant))
        return numbers == list(puzzle.numbers) and value(tree) == puzzle.target
    except (SyntaxError, ValueError, TypeError, ZeroDivisionError):
        return False


def mutants(puzzle: Puzzle, answer: str, rng: Random) -> list[str]:
    numbers = list(re.finditer(r"\d+", answer))
    operators = list(re.finditer(r"[-+*/]", answer))
    one, other = rng.choice(numbers), rng.choice(operators)
    return [
        answer[: one.start()] + str(int(one.group()) + 1) + answer[one.end() :],
        answer[: other.start()] + rng.choice("+-*/") + answer[other.end() :],
        answer[: other.start()] + "**" + answer[other.end() :],
        f"{answer}+{one.group()}",
        f"{answer}*1",
        f"-({answer})",
        answer.replace("(", "").replace(")", ""),
        str(puzzle.target),
    ]
