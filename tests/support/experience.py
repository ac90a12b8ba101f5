"""Questions of one kind, programs that answer them, libraries filled with both, and runs that use them."""

from collections.abc import Iterable
from typing import Any

from langchain_core.messages import HumanMessage
from langgraph.store.base import BaseStore, Op, Result
from tests.support.models import ScriptedModel

from codesteer.experience.learning import Lesson, Solution, learn
from codesteer.experience.library import Library
from codesteer.experience.record import Source
from codesteer.experience.trial import SolvedQuestion
from codesteer.graph.context import Context
from codesteer.graph.values import read_state
from codesteer.graph.workflow import create_codesteer
from codesteer.sandboxes.factory import open_sandbox
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

SANDBOX = open_sandbox("local")
PAIRS = ((1, 10), (5, 25), (100, 130))
"""Questions after which a program is trusted if a verifier says that it was right."""


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
    namespace: tuple[str, ...] = NAMESPACE,
) -> Library:
    """Teach a library a program on solved questions."""
    library = Library(store, ("codesteer", "shared", *namespace))
    for first, last in pairs:
        solution = Solution(mode="code", program=program)
        await learn(
            Lesson(solved=solved_sum(first, last), source=source, solution=solution), library, sandbox
        )
    return library


QUESTION = sum_question(7, 70)
ANSWER = str(sum(range(7, 71)))


async def ask(
    store: Any, question: str = QUESTION, script: list[Any] | None = None, **settings: Any
) -> tuple[dict[str, Any], ScriptedModel]:
    """Run the graph on a question with the experience of a store; its task model follows a script."""
    model = ScriptedModel(script=script or [])
    graph = create_codesteer(task_model=model, sandbox=SANDBOX).compile(store=store)
    context = Context(**{"experience": NAMESPACE, "check_answer": False, **settings})
    result = await graph.ainvoke({"messages": [HumanMessage(question)]}, context=context)
    return read_state(result), model


class DownStore(BaseStore):
    """A store whose database is gone."""

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        raise ConnectionError("connection refused\nlong traceback")

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        raise ConnectionError("connection refused")
