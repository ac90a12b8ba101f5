"""The benchmark is independent: it needs no other subpackage, no solver and no model library."""

import subprocess
import sys

PROGRAM = """
import sys

FOREIGN = ("ortools", "pysat", "z3", "sympy", "networkx", "numpy", "langchain", "langchain_core", "langgraph")
sys.modules.update(dict.fromkeys(FOREIGN))  # importing one of these fails now

from codesteer.symbench import tasks

for task in tasks():
    if not task.levels:
        continue
    item = task.generate(1, task.levels[0])
    assert task.score(item, f"<<<{task.format_answer(item.answer)}>>>").outcome == "correct", item
rooms = {name.split(".")[1] for name in sys.modules if name.startswith("codesteer.")}
assert rooms == {"symbench", "replies", "errors"}, rooms

from codesteer.errors import ConfigurationError
from codesteer.symbench import load_task

task = load_task("standard_sudoku")
try:
    task.solve(task.generate(1, 1))
except ConfigurationError as problem:
    print(problem)
"""


def test_nothing_else_is_imported() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout == "solving needs pysat: pip install 'codesteer[solvers]'\n"
