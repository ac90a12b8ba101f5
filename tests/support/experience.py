"""Questions of one kind, programs that answer them, and libraries filled with both."""

from langgraph.store.base import BaseStore

from codesteer.experience.learning import Lesson, Solution, learn
from codesteer.experience.library import Library
from codesteer.experience.record import Source
from codesteer.experience.trial import SolvedQuestion
from codesteer.sandboxes.port import Sandbox

NAMESPACE = ("tests", "alice")
LIBRARY_NAMESPACE = ("codesteer", "shared", *NAMESPACE)
SUM_SKILL = (
    "import re\n"
    "first, last = map(int, re.findall(r'\\d+', QUESTION)[:2])\n"
    "print(f'<<<{sum(range(first, last + 1))}>>>')"
)
WRONG_SKILL = SUM_SKILL.replace("last + 1", "last")
"""Leaves out the last number."""


def sum_question(first: int, last: int) -> str:
    return f"Calculate the sum of all whole numbers from {first} to {last}, both included."


def solved_sum(first: int, last: int) -> SolvedQuestion:
    return SolvedQuestion(question=sum_question(first, last), answer=str(sum(range(first, last + 1))))


def own_program(first: int, last: int) -> str:
    """Return a program with the question's data copied in."""
    return f"print('<<<' + str(sum(range({first}, {last} + 1))) + '>>>')"


async def teach(
    store: BaseStore,
    sandbox: Sandbox,
    *pairs: tuple[int, int],
    program: str = SUM_SKILL,
    source: Source = "verifier",
) -> Library:
    """Teach a library a program on solved questions."""
    library = Library(store, LIBRARY_NAMESPACE)
    for first, last in pairs:
        solution = Solution(mode="code", program=program)
        await learn(
            Lesson(solved=solved_sum(first, last), source=source, solution=solution), library, sandbox
        )
    return library
