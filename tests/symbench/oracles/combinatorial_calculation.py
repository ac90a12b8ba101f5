"""Parse the tokens with Python's own parser and evaluate its tree with fractions.

Leading zeros are a matter of form, which that parser alone refuses.
"""

import ast
import re

from tests.symbench.oracles.game24 import value

from codesteer.symbench.problems.combinatorial_calculation import Puzzle
from codesteer.symbench.solvers.ordered_expressions import Tokens


def accepts(puzzle: Puzzle, answer: Tokens) -> bool:
    try:
        tree = ast.parse(re.sub(r"\b0+(?=\d)", "", " ".join(answer)), mode="eval").body
        leaves = [node for node in ast.walk(tree) if isinstance(node, ast.Constant)]
        numbers = [node.value for node in sorted(leaves, key=lambda node: node.col_offset)]
        return numbers == list(puzzle.numbers) and value(tree) == puzzle.target
    except (SyntaxError, ValueError, TypeError, ZeroDivisionError):
        return False
