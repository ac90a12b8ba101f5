"""Each technique is recognised by its signs, at their lines, and not where only the words occur."""

import pytest

from codesteer.checkers.code_analysis import analyze_code
from codesteer.checkers.code_report import Technique


def technique(program: str, kind: str) -> Technique | None:
    return next((found for found in analyze_code(program).techniques if found.kind == kind), None)


SEARCH = {
    "stops at": ("for n in range(99):\n  if n * n == 49:\n    print(n)\n    break", 2),
    "keeps the best": ("best = 0\nfor n in [3, 9, 2]:\n  if n % 7 > best:\n    best = n % 7\nprint(best)", 3),
    "records the combinations": (
        "hits = []\nfor a in range(9):\n  for b in range(9):\n"
        "    if a * b == 12:\n      hits.append((a, b))\nprint(hits)",
        4,
    ),
    "a counter": ("n = 1\nwhile True:\n  n += 1\n  if n % 7 == 3 and n % 5 == 2:\n    break\nprint(n)", 4),
    "a derived value": ("for a in range(9):\n  s = a * a\n  if s == 49:\n    print(a)\n    break", 3),
    "permutations": (
        "from itertools import permutations as P\nfor p in P('abc'):\n  if p[0] > p[1]:\n    print(p)",
        2,
    ),
    "star import": (
        "from itertools import *\nfor p in product((0, 1), repeat=2):\n  if sum(p) == 1:\n    print(p)",
        2,
    ),
    "module": ("import itertools as it\nprint([c for c in it.combinations((1, 2, 3), 2) if sum(c) == 4])", 2),
    "kept permutations": (
        "import itertools\nps = itertools.permutations([1, 2])\nfor p in ps:\n  if p[0] > 1:\n    print(p)",
        2,
    ),
    "minimum of permutations": (
        "import itertools\nprint(min(itertools.permutations([1, 2]), key=lambda p: p[0]))",
        2,
    ),
    "next": ("print(next(n for n in range(99) if n * n == 49))", 1),
    "two clauses": ("print([(a, b) for a in range(9) for b in range(9) if a * b == 12])", 1),
    "backtracking": (
        "def go(path):\n  if len(path) == 3:\n    return path\n  for n in range(3):\n    if n not in path:\n"
        "      found = go(path + [n])\n      if found:\n        return found\nprint(go([]))",
        1,
    ),
    "alternatives": (
        "def best(i, w):\n  if i == 3:\n"
        "    return 0\n  return max(best(i + 1, w), 1 + best(i + 1, w - 1))\nprint(best(0, 5))",
        1,
    ),
    "memoised": (
        "import functools\n@functools.cache\ndef f(n):\n  return n if n < 2 else f(n - 1) + f(n - 2)\nprint(f(30))",
        3,
    ),
    "mutual": (
        "def a(n):\n  for m in range(n):\n    if b(m):\n      return m\n"
        "  return 0\ndef b(n):\n  return a(n - 1)\nprint(a(3))",
        3,
    ),
    "stack of states": (
        "todo = [(0, ())]\nwhile todo:\n  n, path = todo.pop()\n"
        "  if n == 3:\n    print(path)\n    break\n  todo.append((n + 1, path))",
        2,
    ),
    "heap": (
        "import heapq\nq = [1]\nwhile q:\n  n = heapq.heappop(q)\n"
        "  if n > 50:\n    break\n  heapq.heappush(q, n * 3)\nprint(n)",
        3,
    ),
}

NO_SEARCH = {
    "a sum": "total = 0\nfor n in [1, 2]:\n  total += n\nprint(total)",
    "a count": "count = 0\nfor c in 'abc':\n  if c == 'a':\n    count += 1\nprint(count)",
    "a simulation": "x = 0\nfor step in range(9):\n  x = x * 2 + 1\n  if x > 50:\n    x = 0\nprint(x)",
    "untested permutations": "from itertools import permutations\nfor p in permutations('abc'):\n  print(p)",
    "plain recursion": "def f(n):\n  return 1 if n == 0 else n * f(n - 1)\nprint(f(5))",
    "a queue of data": "from collections import deque\nq = deque([1, 2])\nwhile q:\n  print(q.popleft() * 2)",
    "an unused search": "def f():\n  for n in range(9):\n    if n * n == 49:\n      return n\nprint(3 * 4)",
}

SYMBOLIC = {
    "replace in a loop": ("s = 'aab'\nwhile 'aa' in s:\n  s = s.replace('aa', 'b')\nprint(s)", 3),
    "translate": ("print('abc'.translate(str.maketrans('ab', 'xy')))", 1),
    "regular expression": ("import re\nprint(re.sub('a+', 'b', 'caat'))", 2),
    "slices": ("s = 'abcd'\nprint(s[2:] + s[:2])", 2),
    "slice replaced": ("t = [1, 2, 3]\nt[0:2] = [9]\nprint(t)", 2),
    "reversed": ("print('abc'[::-1])", 1),
    "transposed": ("print(list(zip(*[[1, 2], [3, 4]])))", 1),
    "grid": ("g = [[0] * 3 for _ in range(3)]\nfor i in range(3):\n  g[i][2 - i] = 1\nprint(g)", 3),
    "stack": (
        "s = []\nfor c in '(()':\n  if c == '(':\n    s.append(c)\n  else:\n    s.pop()\nprint(len(s))",
        2,
    ),
    "text built": ("out = ''\nfor c in 'abc':\n  if c != 'b':\n    out += c\nprint(out)", 4),
    "codes": ("print(chr(ord('a') + 1))", 1),
    "sympy": ("import sympy as sp\nx = sp.Symbol('x')\nprint(sp.factor(x ** 2 - 1))", 2),
    "syntax trees": ("import ast\nprint(ast.dump(ast.parse('1 + 2')))", 2),
    "fractions": ("from fractions import Fraction\nprint(Fraction(1, 3) + Fraction(1, 6))", 2),
    "inserted": ("t = []\nfor n in (3, 1):\n  t.insert(0, n)\nprint(t)", 3),
}

NUMERIC = {
    "product": ("print(12 * 34)", 1),
    "sum": ("print(sum([1, 2]))", 1),
    "accumulator": ("t = 0\nfor n in [1, 2]:\n  t += n * n\nprint(t)", 3),
    "in a function": ("def area(r):\n  return r * r\nprint(area(3))", 2),
    "math": ("from math import comb\nprint(comb(5, 2))", 2),
    "numpy": ("import numpy as np\nprint(np.dot([1], [2]))", 2),
    "decimal": ("import decimal\nprint(decimal.Decimal('0.1') + 1)", 2),
    "dates": ("import datetime\nprint(datetime.date(2024, 1, 1) + datetime.timedelta(days=3))", 2),
    "counts": ("print('banana'.count('a'))", 1),
    "counter": ("from collections import Counter\nprint(Counter('banana'))", 2),
}

NO_NUMBERS = {
    "text put together": "name = 'x'\nprint('<<<' + name + '>>>')",
    "lists put together": "print([1] + [2])",
    "an index": "g = [1, 2, 3]\nfor i in range(2):\n  print(g[i + 1])",
    "an index counter": "s = 'abc'\ni = 0\nwhile i < len(s):\n  print(s[i].upper())\n  i += 1",
    "percent formatting": "print('%s!' % 'x')",
    "sets": "print({1, 2} - {1})",
}

SOLVER = {
    "z3 by name": ("from z3 import Int, Solver\ns = Solver()\nprint(s.check())", 2),
    "z3 by star": ("from z3 import *\nx = Int('x')\ns = Solver()\ns.add(x > 3)\nprint(s.check())", 2),
    "ortools": ("from ortools.sat.python import cp_model\nm = cp_model.CpModel()\nprint(m)", 2),
    "pysat": ("from pysat.solvers import Glucose3\ng = Glucose3()\nprint(g.solve())", 2),
    "pulp": ("import pulp\np = pulp.LpProblem('x')\nprint(p.solve())", 2),
    "cvxpy": ("import cvxpy as cp\nx = cp.Variable()\nprint(cp.Problem(cp.Minimize(x)).solve())", 2),
    "scipy": ("import scipy.optimize\nprint(scipy.optimize.brentq(lambda x: x - 1, 0, 2))", 2),
    "networkx": ("import networkx as nx\ng = nx.Graph()\nprint(nx.shortest_path(g, 1, 2))", 3),
    "sympy": ("import sympy\nx = sympy.Symbol('x')\nprint(sympy.solve(x - 1, x))", 3),
}

NO_SOLVER = {
    "imported only": "import z3\nprint(3 * 4)",
    "own class of that name": "class Solver:\n  def solve(self):\n    return 3 * 4\nprint(Solver().solve())",
    "a graph that is only stored": "import networkx as nx\ng = nx.Graph()\nprint(g.number_of_nodes())",
    "simplified": "import sympy\nx = sympy.Symbol('x')\nprint(sympy.expand((x + 1) ** 2))",
}


def cases(kind: str, table: dict[str, tuple[str, int]]) -> list[tuple[str, str, int]]:
    return [(kind, program, line) for program, line in table.values()]


FOUND = [
    *cases("search", SEARCH),
    *cases("symbolic", SYMBOLIC),
    *cases("numeric", NUMERIC),
    *cases("solver", SOLVER),
]
ABSENT = [("search", program) for program in NO_SEARCH.values()]
ABSENT += [("numeric", program) for program in NO_NUMBERS.values()]
ABSENT += [("solver", program) for program in NO_SOLVER.values()]
NAMES = [*SEARCH, *SYMBOLIC, *NUMERIC, *SOLVER]
ABSENT_NAMES = [*NO_SEARCH, *NO_NUMBERS, *NO_SOLVER]


@pytest.mark.parametrize(("kind", "program", "line"), FOUND, ids=NAMES)
def test_a_technique_is_found_at_its_line(kind: str, program: str, line: int) -> None:
    found = technique(program, kind)
    assert found is not None
    assert line in found.lines


@pytest.mark.parametrize(("kind", "program"), ABSENT, ids=ABSENT_NAMES)
def test_a_technique_is_not_made_up(kind: str, program: str) -> None:
    assert technique(program, kind) is None


def test_evidence_is_bounded() -> None:
    program = "\n".join(f"x{n} = {n} * {n + 1}" for n in range(50)) + "\nprint(x1)"
    found = technique(program, "numeric")
    assert found is not None
    assert len(found.lines) == 10
    assert found.evidence == "calculates"


def test_kinds_of_evidence_are_named_once_each() -> None:
    found = technique("print(sum([1]), sum([2]), 'aa'.count('a'), 3 * 4)", "numeric")
    assert found is not None
    assert found.evidence == "calculates; calls sum; counts occurrences"
