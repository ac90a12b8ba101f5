"""A chat model whose store or objects are changed later uses the new ones, never those it was built with."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from langgraph.store.base import Op, Result
from langgraph.store.memory import InMemoryStore
from tests.support.models import check, code, scripted
from tests.support.sandboxes import ScriptedSandbox

from codesteer import ChatCodeSteer, ConfigurationError

QUESTION = "What is the sum of the numbers below 10?"
PROGRAM = code("print(sum(range(10)))")
CHECK = check("int(answer) == sum(range(10))")
Change = Callable[[ChatCodeSteer, str, Any], ChatCodeSteer]


class Counted(InMemoryStore):
    """Counts its operations."""

    def __init__(self) -> None:
        super().__init__()
        self.operations = 0

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        self.operations += 1
        return super().batch(ops)

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        self.operations += 1
        return await super().abatch(ops)


def chat(**settings: Any) -> ChatCodeSteer:
    usual = {"task_model": scripted(PROGRAM, PROGRAM), "sandbox": ScriptedSandbox("45", "45")}
    return ChatCodeSteer(**usual | {"check_answer": False, "candidates": 1, "max_turns": 1} | settings)


def copied(model: ChatCodeSteer, name: str, value: Any) -> ChatCodeSteer:
    return model.model_copy(update={name: value})


def assigned(model: ChatCodeSteer, name: str, value: Any) -> ChatCodeSteer:
    setattr(model, name, value)
    return model


CHANGES = pytest.mark.parametrize("change", [copied, assigned])


@CHANGES
def test_another_store_has_another_experience(change: Change) -> None:
    alices, bobs = Counted(), Counted()
    model = change(chat(experience=("users",), store=alices), "store", bobs)
    assert model.invoke(QUESTION).text == "45"
    assert (alices.operations, bobs.operations > 0) == (0, True)


@CHANGES
def test_a_store_that_is_taken_away_is_missed(change: Change) -> None:
    alices = Counted()
    model = change(chat(experience=("users",), store=alices), "store", None)
    with pytest.raises(ConfigurationError, match="store"):
        model.invoke(QUESTION)
    assert alices.operations == 0


@CHANGES
def test_a_store_may_be_given_later(change: Change) -> None:
    bobs = Counted()
    change(chat(experience=("users",)), "store", bobs).invoke(QUESTION)
    assert bobs.operations


@CHANGES
@pytest.mark.parametrize("name", ["task_model", "checker_model", "guide"])
def test_a_model_that_equals_another_is_still_another(change: Change, name: str) -> None:
    lines = {"task_model": PROGRAM, "checker_model": CHECK, "guide": '{"action": "code"}'}
    first, second = scripted(lines[name]), scripted(lines[name])
    assert first == second
    model = chat(**{name: first}, check_answer=name == "checker_model", sandbox=ScriptedSandbox("45", ""))
    change(model, name, second).invoke(QUESTION)
    assert (len(first.asked), len(second.asked)) == (0, 1)


@CHANGES
def test_another_sandbox_runs_the_programs(change: Change) -> None:
    first, second = ScriptedSandbox("44"), ScriptedSandbox("45")
    assert change(chat(sandbox=first), "sandbox", second).invoke(QUESTION).text == "45"
    assert first.programs == []


def test_the_model_that_a_copy_was_made_of_keeps_its_store() -> None:
    alices, bobs = Counted(), Counted()
    model = chat(experience=("users",), store=alices)
    model.model_copy(update={"store": bobs}).invoke(QUESTION)
    used = bobs.operations
    model.invoke(QUESTION)
    assert (alices.operations > 0, bobs.operations) == (True, used)
