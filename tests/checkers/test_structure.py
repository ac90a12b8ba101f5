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
    assert analyze_code(GOLDEN).counts == CodeCounts(
        lines=30,
        functions=4,
        classes=1,
        loops=3,
        loop_depth=2,
        branches=6,
        comprehensions=5,
        comprehension_depth=2,
        recursive_functions=3,
        imports=4,
    )


def test_imports_are_named() -> None:
    assert analyze_code(GOLDEN).imports == ("itertools", "math", "os.path", "sys")


def test_the_if_in_different_is_no_branch() -> None:
    program = 'different = "for while if elif format information"  # if for while\nprint(different)'
    counts = analyze_code(program).counts
    assert counts == CodeCounts(lines=2)


def test_words_in_names_are_no_techniques() -> None:
    program = "permutations = 'search sympy z3 solve'\nprint(permutations)"
    assert analyze_code(program).techniques == ()


def test_a_loop_in_a_nested_function_is_not_nested() -> None:
    program = "for a in b:\n  def f():\n    for c in d:\n      pass"
    assert analyze_code(program).counts.loop_depth == 1


def test_a_method_of_another_object_is_no_recursion() -> None:
    program = "def add(item):\n  items.add(item)\nitems = set()\nadd(3)"
    assert analyze_code(program).counts.recursive_functions == 0


def test_calls_through_self_and_the_class_are_recursion() -> None:
    program = "class A:\n  def f(self):\n    return self.f()\n  def g(self):\n    return A.g(self)"
    assert analyze_code(program).counts.recursive_functions == 2
