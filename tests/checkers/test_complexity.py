"""Counts come from the syntax tree, never from the text."""

from codesteer.checkers.code_analysis import analyze_code
from codesteer.checkers.code_report import CodeCounts

GOLDEN = """
import math, sys
import os.path as p
from itertools import product

def outer(xs):
    for x in xs:
        while x > 0:
            if x % 2:
                x -= 1
            elif x % 3:
                x -= 2
            else:
                break
    return [y for row in xs for y in row if y]

class Tree:
    async def walk(self, depth):
        async for node in self.nodes:
            await self.walk(depth - 1)

def even(n): return n == 0 or odd(n - 1)
def odd(n): return n != 0 and even(n - 1)

match outer([[1]]):
    case []: pass
    case _: pass

grid = [[c if c else 0 for c in row] for row in product([1, 2], repeat=2)]
table = {k: {v for v in (1, 2)} for k in (3, 4)}
"""


def test_golden_counts() -> None:
    assert analyze_code(GOLDEN).counts == CodeCounts(loops=9, branches=6, calls=5, operators=12, imports=4)


def test_the_if_in_different_is_no_branch() -> None:
    program = 'different = "for while if elif format information"  # if for while\nprint(different)'
    assert analyze_code(program).counts == CodeCounts(calls=1)
