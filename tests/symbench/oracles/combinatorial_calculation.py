"""Python's own parser reads the tokens; its tree is walked with fractions."""

import ast

from tests.symbench.oracles.game24 import value

from codesteer.symbench.problems.combinatorial_calculation import Puzzle
from codesteer.symbench.solvers.ordered import Tokens


def accepts(puzzle: Puzzle, answer: Tokens) -> bool:
    try:
        tree = ast.parse(" ".join(answer), mode="eval").body
        leaves = [node for node in ast.walk(tree) if isinstance(node, ast.Constant)]
        numbers = [node.value for node in sorted(leaves, key=lambda node: node.col_offset)]
        return numbers == list(puzzle.numbers) and value(tree) == puzzle.target
    except (SyntaxError, ValueError, TypeError, ZeroDivisionError):
        return False
