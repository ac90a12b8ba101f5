"""Evaluate the question's statements with the letters' values."""

import re
from fractions import Fraction

from codesteer.symbench.problems.logical_equation import TASK, Puzzle, Values


def accepts(puzzle: Puzzle, answer: Values) -> bool:
    statements = re.findall(r"^\d+\. (.*)$", TASK.format_question(puzzle), re.MULTILINE)
    if len(answer) != len(puzzle.numbers) or set(answer) != set(puzzle.numbers):
        return False
    names = {chr(ord("A") + place): Fraction(value) for place, value in enumerate(answer)}
    for statement in statements:
        code = re.sub(r"(\d+)\.(\d)([A-Z])", r"fraction(\1\2, 10) * \3", statement).replace(" = ", " == ")
        if not eval(code, {"fraction": Fraction, **names}):
            return False
    return len(statements) == len(puzzle.clues)
