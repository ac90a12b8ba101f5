"""Hand-made problems whose answers SymPy knows; it also parses the mutated answers."""

from random import Random

import sympy

from codesteer.symbench import Item
from codesteer.symbench.math_task import MathPuzzle
from codesteer.symbench.problems.math_geometry import TASK

TARGETS = {
    r"40\pi": "40*pi",
    r"\frac{7}{16}": "7/16",
    r"3\sqrt{2}": "3*sqrt(2)",
    r"\dfrac{5\sqrt{3}}{4}\text{ cm}^2": "5*sqrt(3)/4",
    r"20^\circ": "20",
    r"13.5": "27/2",
    r"2\frac{1}{3}": "7/3",
    r"\sqrt{3}-1": "sqrt(3)-1",
    r"33,\!800": "33800",
    r"\frac{\pi}{6}": "pi/6",
    r"50\%": "50",
    r"-\frac12": "-1/2",
    r"2^{10}": "1024",
    r"\binom{8}{3}": "56",
}


def item(slug: str, number: int, target: str) -> Item[MathPuzzle, str]:
    puzzle = MathPuzzle(f"Problem {number}", target)
    return Item(f"{slug}/{number}", slug, TASK.format_question(puzzle), target, 1, puzzle)


ITEMS = [item("math_geometry", number, target) for number, target in enumerate(TARGETS)]


def accepts(puzzle: MathPuzzle, answer: str) -> bool:
    if answer in TARGETS:
        return TARGETS[answer] == TARGETS[puzzle.target]
    right, given = (sympy.sympify(text, rational=False) for text in (TARGETS[puzzle.target], answer))
    if given.has(sympy.Float) or "." in puzzle.target:  # rounded on one side
        return bool(abs(float(given) - float(right)) <= abs(float(right)) / 1000)
    return bool(sympy.simplify(given - right) == 0)


def mutants(puzzle: MathPuzzle, answer: str, rng: Random) -> list[str]:
    right = sympy.sympify(TARGETS[puzzle.target])
    return [
        str(right),
        str(right + 1),
        str(-right),
        str(right / 2),
        str(right * right),
        f"{float(right):.5f}",
        f"{float(right) * 1.01:.5f}",
        f"{float(right) * (1 + rng.random() / 2000):.9f}",
        str(right + sympy.Rational(1, 3000)),
        rng.choice(list(TARGETS)),
    ]
