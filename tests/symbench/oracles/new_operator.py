"""Replace innermost parentheses of the question's expression by their value until one is left."""

import re
from fractions import Fraction

from codesteer.symbench.problems.new_operator import TASK, Puzzle


def accepts(puzzle: Puzzle, answer: str) -> bool:
    question = TASK.format_question(puzzle)
    formulas = dict(re.findall(r"^a (\S) b = (.*)$", question, re.MULTILINE))
    found = re.search(r"^Calculate (.*)\.$", question, re.MULTILINE)
    assert found
    expression = f"({found.group(1)})"
    while "(" in expression:
        expression = re.sub(
            r"\(([-\d/]+) (\S) ([-\d/]+)\)",
            lambda match: str(
                applied(formulas[match.group(2)], Fraction(match.group(1)), Fraction(match.group(3)))
            ),
            expression,
        )
    return abs(Fraction(answer) / Fraction(expression) - 1) <= Fraction(1, 10**12)


def applied(formula: str, a: Fraction, b: Fraction) -> Fraction:
    result = eval(formula, {"a": a, "b": b})
    assert isinstance(result, Fraction)
    return result


def mutants(puzzle: Puzzle, answer: str, rng: object) -> list[str]:
    value = Fraction(answer)
    changed = (
        value + 1,
        value - 1,
        -value,
        value * 10,
        value + Fraction(1, 100),
        value * Fraction(100001, 100000),
    )
    return [*map(str, changed), str(value * (1 + Fraction(1, 10**7)))]
