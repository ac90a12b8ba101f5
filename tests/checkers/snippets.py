"""Short programs and where their printed answer comes from."""

COMPUTED = {
    "product": "print(5343235*143433327)",
    "sum of variables": "a = 20\nb = 4\nprint(a + b)",
    "length": "print(len('strawberry'))",
    "slice": "print('abcdef'[2:4])",
    "reversed text": "print('abc'[::-1])",
    "character of a text": "s = 'strawberry'\nprint(s[3])",
    "word of a sentence": "print('the quick fox'.split()[1])",
    "transposed in a comprehension": "m = [[1, 2], [3, 4]]\nprint([[m[j][i] for j in range(2)] for i in range(2)])",
    "transposed by loops": (
        "m = [[1, 2], [3, 4]]\nt = [[None] * 2 for _ in range(2)]\n"
        "for i in range(2):\n  for j in range(2):\n    t[j][i] = m[i][j]\nprint(t)"
    ),
    "swapped in place": (
        "a = [3, 1, 2]\nn = len(a)\nfor i in range(n // 2):\n  a[i], a[n - 1 - i] = a[n - 1 - i], a[i]\nprint(a)"
    ),
    "sorted in place": "a = [3, 1, 2]\na.sort()\nprint(a)",
    "bubble sort": (
        "a = [3, 1, 2]\nfor i in range(3):\n  for j in range(2):\n    if a[j] > a[j + 1]:\n"
        "      a[j], a[j + 1] = a[j + 1], a[j]\nprint(*a)"
    ),
    "random order": "import random\na = [1, 2]\nrandom.shuffle(a)\nprint(a)",
    "eliminated": "people = ['A', 'B', 'C']\npeople.remove('A')\npeople.remove('B')\nprint(people[0])",
    "set difference": "print({1, 2, 3} - {2})",
    "counter in a dict": "d = {}\nfor c in 'hello':\n  d[c] = d.get(c, 0) + 1\nprint(d)",
    "counter by item": "d = {'a': 0}\nfor c in 'aab':\n  if c in d:\n    d[c] += 1\nprint(d['a'])",
    "default dict": (
        "from collections import defaultdict\ng = defaultdict(list)\nfor a, b in [(1, 2), (3, 4)]:\n  g[a + b].append(a)\n"
        "print(dict(g))"
    ),
    "library counter": "from collections import Counter\nprint(Counter('hello').most_common(1)[0][0])",
    "comparison": "a = 15\nb = 7\nif a > b:\n  print('Yes')\nelse:\n  print('No')",
    "comparison as a value": "a = 15\nb = 7\nprint(a > b)",
    "conditional expression": "n = 7\nprint('odd' if n % 2 else 'even')",
    "chain of lies": "ann = True\nbob = not ann\ncid = not bob\nprint('Yes' if cid else 'No')",
    "logic": "p, q = True, False\nr = p and not q\ns = r == p\nprint(s)",
    "truth table": "for p in (True, False):\n  for q in (True, False):\n    if (p or q) and not p:\n      print(p, q)",
    "state machine": (
        "state = 'A'\nrules = {('A', 'x'): 'B', ('B', 'x'): 'A'}\nfor c in 'xxx':\n  state = rules[(state, c)]\nprint(state)"
    ),
    "automaton of numbers": "t = [[1, 0], [0, 1]]\np = 0\nfor m in [1, 0, 1]:\n  p = t[p][m]\nprint(p)",
    "found by a loop": "for n in [4, 9, 16]:\n  if n > 5:\n    print(n)\n    break",
    "found and kept": "found = None\nfor n in [4, 9, 16]:\n  if n > 5:\n    found = n\n    break\nprint(found)",
    "chosen word": "answer = 'No'\nfor n in [4, 9]:\n  if n == 9:\n    answer = 'Yes'\n    break\nprint(answer)",
    "flag": "ok = True\nfor n in [4, 9]:\n  if n % 2:\n    ok = False\nif ok:\n  print('Yes')\nelse:\n  print('No')",
    "for-else": "for d in range(2, 7):\n  if 7 % d == 0:\n    print('composite')\n    break\nelse:\n  print('prime')",
    "early exit": "import sys\nn = 91\nif n % 7 == 0:\n  print('No')\n  sys.exit()\nprint('Yes')",
    "early return": (
        "def check(n):\n  for d in range(2, n):\n    if n % d == 0:\n      print('No')\n      return\n  print('Yes')\ncheck(7)"
    ),
    "returns words": "def f(n):\n  if n % 2:\n    return 'odd'\n  return 'even'\nprint(f(7))",
    "list of moves": (
        "moves = []\nx = 0\nwhile x < 3:\n  if x % 2:\n    moves.append('L')\n  else:\n    moves.append('R')\n  x += 1\nprint(moves)"
    ),
    "kept by a filter": "print([w for w in ['ab', 'abc'] if len(w) > 2])",
    "filter function": "print(list(filter(lambda n: n % 2, [1, 2, 3])))",
    "map function": "print(list(map(lambda n: n * n, [1, 2, 3])))",
    "map own function": "def f(n):\n  return n * n\nprint(list(map(f, [1, 2])))",
    "upper case of each": "words = ['a', 'b']\nprint([w.upper() for w in words])",
    "sorted by key": "d = {'a': 2, 'b': 1}\nprint(sorted(d, key=lambda k: d[k]))",
    "reduced": "from functools import reduce\nprint(reduce(lambda a, b: a * b, [1, 2, 3]))",
    "generator": "def squares():\n  n = 0\n  while n < 3:\n    yield n * n\n    n += 1\nprint(list(squares()))",
    "global total": (
        "total = 0\ndef add(n):\n  global total\n  total += n\nfor n in [1, 2]:\n  add(n)\nprint(total)"
    ),
    "nonlocal best": (
        "def solve(xs):\n  best = 0\n  def visit(x):\n    nonlocal best\n    if x > best:\n      best = x\n"
        "  for x in xs:\n    visit(x)\n  return best\nprint(solve([3, 9, 2]))"
    ),
    "argument filled in": (
        "def fill(out, n):\n  for i in range(n):\n    out.append(i * i)\nsquares = []\nfill(squares, 4)\nprint(squares)"
    ),
    "row through an alias": "g = [[1, 2], [3, 4]]\nfor row in g:\n  row[0] = row[0] * 2\nprint(g)",
    "row through enumerate": "g = [[1, 2], [3, 4]]\nfor i, row in enumerate(g):\n  row[0] = row[1] * i\nprint(g)",
    "attribute": (
        "class C:\n  def __init__(self):\n    self.n = 0\n  def step(self, k):\n    self.n += k\n"
        "c = C()\nfor k in [1, 2]:\n  c.step(k)\nprint(c.n)"
    ),
    "grid of an object": (
        "class B:\n  def __init__(self, g):\n    self.g = g\n  def run(self):\n    for r in range(2):\n"
        "      self.g[r][0] = self.g[r][1] + 1\nb = B([[1, 2], [3, 4]])\nb.run()\nfor row in b.g:\n  print(row)"
    ),
    "dataclass": (
        "from dataclasses import dataclass\n@dataclass\nclass P:\n  x: int\n  y: int\np = P(3, 4)\nprint(p.x * p.y)"
    ),
    "property": "class C:\n  @property\n  def n(self):\n    return 3 * 4\nprint(C().n)",
    "walrus": "if (n := 3 * 5) > 10:\n  print(n)",
    "formatted": "print('{} and {}'.format(3 * 4, 'x'))",
    "percent": "print('<<<%d>>>' % (3 * 4))",
    "lines joined": "lines = []\nfor n in (1, 2):\n  lines.append(f'{n}: {n * n}')\nprint('\\n'.join(lines))",
    "written": "import sys\nsys.stdout.write(str(3 * 4) + '\\n')",
    "stdout imported": "from sys import stdout\nstdout.write(str(3 * 4))",
    "pretty printed": "from pprint import pprint\npprint([n * n for n in range(3)])",
    "executed text": "code = 'print(3 * 4)'\nexec(code)",
    "evaluated text": "print(eval('3 * 4'))",
    "unknown library": "import mystery\nprint(mystery.solve(3))",
    "number base": "print(int('1010', 2))",
    "label first": "print('Computing')\nprint(sum([1, 2]))",
    "fallback text": "r = [n for n in range(9) if n * n == 49]\nif r:\n  print(r[0])\nelse:\n  print('none found')",
    "caught": "def f(y):\n  return y * 2\ntry:\n  x = f(3)\nexcept ValueError:\n  x = 'fallback'\nprint(x)",
    "from the question": "import re\nprint(re.findall('[0-9]+', QUESTION))",
    "words of the question": "print(QUESTION.split()[-1])",
    "test on the question": "print('Yes' if 'cat' in QUESTION else 'No')",
    "assigned only": "result = 3 * 4",
    "comprehension hides a variable": "s = 3 * 4\nok = [s for s in ['a', 'b']]\nprint(s)",
    "recursion over lists": (
        "res = []\ndef bt(p, used):\n  if len(p) == 3:\n    res.append(p[:])\n    return\n  for i in range(3):\n"
        "    if i not in used:\n      bt(p + [i], used | {i})\nbt([], set())\nprint(res[0])"
    ),
    "match": "n = 3 * 4\nmatch n % 5:\n  case 2:\n    print('two')\n  case _:\n    print('other')",
}

LITERAL = {
    "text": "print('24')",
    "number": "print(24)",
    "negative number": "print(-24)",
    "plus nothing": "print(24 + 0, 1 * 24)",
    "tuple": "print((1, 2), [3], {4})",
    "truth": "print(True)",
    "concatenated": "result = 'x'\nprint('<<<' + str(result) + '>>>')",
    "percent": "print('<<<%s>>>' % '(C)')",
    "format": "print('<<<{}>>>'.format(42))",
    "f-string": "answer = 42\nprint(f'<<<{answer}>>>')",
    "join": "print(', '.join(['a', 'b']))",
    "converted": "print(int('24'), list((1, 2)), str(3.5))",
    "added up from parts of text": "s = ''\nfor c in 'abc':\n  s += c\nprint(s)",
    "augmented text": "s = '<<<'\ns += '42'\ns += '>>>'\nprint(s)",
    "rows": "g = [['a', 'b'], ['c', 'd']]\nfor row in g:\n  print(' '.join(row))",
    "cells by index": "g = [[1, 2], [3, 4]]\nfor i in range(2):\n  for j in range(2):\n    print(g[i][j], end=' ')\n  print()",
    "nested join": "g = [[1, 2], [3, 4]]\nprint('\\n'.join(' '.join(map(str, row)) for row in g))",
    "json": "import json\nprint(json.dumps({'a': 1}))",
    "appended": "plan = []\nplan.append('step 1')\nplan.append('step 2')\nprint(plan)",
    "dict filled by hand": "d = {}\nd['a'] = 1\nd['b'] = 2\nprint(d)",
    "looked up": "t = {'q1': 'a', 'q2': 'b'}\nprint(t['q1'])",
    "looked up by get": "t = {'q1': 'a', 'q2': 'b'}\nprint(t.get('q1'))",
    "keys stepped through": "t = {'q1': 'a', 'q2': 'b'}\nfor k in t:\n  print(k, t[k])",
    "items stepped through": "t = {'q1': 'a', 'q2': 'b'}\nfor k, v in t.items():\n  print(k, v)",
    "returned": "def f():\n  return '42'\nprint(f())",
    "passed through": "def f(x):\n  return x\nprint(f('42'))",
    "returned from a lambda": "f = lambda: '42'\nprint(f())",
    "returned after dead code": "def f(n):\n  return '42'\n  return n * 2\nprint(f(3))",
    "method": "class S:\n  def answer(self):\n    return 'B'\nprint(S().answer())",
    "class attribute": "class S:\n  answer = 'B'\nprint(S.answer)",
    "main": "def main():\n  d = {'a': 1}\n  print(d['a'])\nif __name__ == '__main__':\n  main()",
    "overwritten": "result = 3 * 4\nresult = 12\nprint(result)",
    "other value computed": "x = sum([1, 2])\nprint('<<<3>>>')",
    "other value shown without marker": "print(sum([1, 2]))\nprint('<<<3>>>')",
    "constant condition": "if True:\n  print('yes')",
    "foregone comparison": "a = 24\nb = 24\nif a == b:\n  print('yes')\nelse:\n  print('no')",
    "swapped by hand": "a, b = 'x', 'y'\na, b = b, a\nprint(a, b)",
    "written": "import sys\nsys.stdout.write('42')",
    "error stream is not the answer": "import sys\nprint(3 * 4, file=sys.stderr)\nprint('12')",
    "assigned only": "result = 24",
    "in try": "try:\n  answer = 'B'\nexcept Exception:\n  answer = 'B'\nprint(answer)",
    "with": "import contextlib\nwith contextlib.suppress(ValueError):\n  print('42')",
    "table by question": "if QUESTION == 'q1':\n  print('a')\nelse:\n  print('b')",
    "numbered": "for i, step in enumerate(['go', 'stop'], 1):\n  print(i, step)",
    "paired": "for q, a in zip(['q1', 'q2'], ['a', 'b']):\n  print(q, a)",
    "repeated": "print('ab' * 3)",
    "starred": "path = [1, 2, 3]\nprint(*path)",
    "copied": "g = [[1, 2], [3, 4]]\nh = [row[:] for row in g]\nprint(h)",
    "async": "import asyncio\nasync def main():\n  print('42')\nasyncio.run(main())",
}

MIXED = {
    "guess that is checked": "e = '(10-9)*(11+13)'\nif eval(e) == 24:\n  print(f'<<<{e}>>>')",
    "guess that is asserted": "s = [2, 4]\nassert sum(s) == 6\nprint(s)",
    "restated at the end": "print(sum([1, 2]))\nprint('So it is 3')",
    "whole answer beside a value": "print('<<<42>>>', 6 * 7)",
    "two answers": "print(f'<<<{6 * 7}>>>')\nprint('<<<42>>>')",
}

NONE = {
    "nothing printed": "x = 1",
    "empty line": "print()",
    "rules and dots": "print('-' * 20)\nprint('...')",
    "echo": "print(QUESTION)",
    "nothing": "print(None)",
    "comment": "# 42",
    "uncalled": "def main():\n  print('42')",
    "unparsable": "print('42'",
}
