"""An outer graph's context has fields of its own; those named like ours are settings, or an error that says so."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from langgraph.graph import START, MessagesState, StateGraph
from tests.support.models import code, scripted
from tests.support.sandboxes import ScriptedSandbox
from typing_extensions import TypedDict

from codesteer.errors import ConfigurationError
from codesteer.graph.context import Context, read_context
from codesteer.graph.workflow import create_codesteer

QUESTION = "Calculate the product of the numbers 6 and 7."


@dataclass
class Unset:
    """Has names of ours, and no values."""

    task_model: str | None = None
    guide: str | None = None
    program_seconds: float | None = None
    files: dict[str, str] | None = None
    check_answer: bool | None = False
    candidates: int = 1
    max_turns: int = 1


class WithMethods:
    """Has methods with names of ours."""

    check_answer = False
    candidates = 1
    max_turns = 1

    def review(self) -> str:
        return "fine"

    @classmethod
    def learn(cls) -> None: ...

    @staticmethod
    def files() -> None: ...


class Slots(WithMethods):
    """Computes one of its fields."""

    __slots__ = ()

    @property
    def seed(self) -> int:
        return 7


def outer_graph(schema: Any, context: Any) -> dict[str, Any]:
    inner = create_codesteer(task_model=scripted(code("print(6 * 7)")), sandbox=ScriptedSandbox("42"))
    outer = StateGraph(MessagesState, context_schema=schema).add_node("solve", inner.compile())
    compiled = outer.add_edge(START, "solve").compile()
    return compiled.invoke({"messages": [HumanMessage(QUESTION)]}, context=context)


class Loose(TypedDict, total=False):
    task_model: str | None


@pytest.mark.parametrize(
    ("schema", "context"),
    [
        (Unset, Unset()),
        (Unset, {}),
        (WithMethods, WithMethods()),
        (Slots, Slots()),
        (dict, {"task_model": None, "check_answer": False, "candidates": 1, "max_turns": 1}),
        (Loose, {"sandbox": None, "check_answer": False, "candidates": 1, "max_turns": 1}),
    ],
)
def test_what_another_graph_left_empty_or_does_under_our_names_is_no_setting(
    schema: Any, context: Any
) -> None:
    assert outer_graph(schema, context)["messages"][-1].text == "42"


@dataclass
class Lists:
    """Has a name of ours for something else."""

    files: list[str] = field(default_factory=lambda: ["a.csv"])


@pytest.mark.parametrize(
    ("schema", "context", "message"),
    [
        (Lists, Lists(), "files: Input should be a valid dictionary"),
        (dict, {"temperature": "hot"}, "temperature: Input should be a valid number"),
        (dict, {"max_turns": 0, "candidates": 99}, "max_turns: .*; candidates: "),
        (dict, {"guide": lambda: None}, "guide: Input should be a valid string"),
        (object, SimpleNamespace(review=True), "review: Input should be a valid tuple"),
    ],
)
def test_a_value_that_is_no_setting_is_refused_by_the_name_of_its_field(
    schema: Any, context: Any, message: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"^{message}.*rename such a field") as refusal:
        outer_graph(schema, context)
    assert "\n" not in str(refusal.value)


def test_what_is_left_empty_is_as_at_the_beginning_of_the_question() -> None:
    stored = {"max_turns": 2, "temperature": 0.5}
    context = read_context({"max_turns": None, "temperature": None}, stored)
    assert (context.max_turns, context.temperature) == (2, None)


def test_values_are_settings() -> None:
    given = {"task_model": "openai:gpt-4o", "seed": 0, "check_answer": False, "tenant": "acme"}
    assert read_context(given) == read_context(SimpleNamespace(**given))
    assert read_context(given) == Context(task_model="openai:gpt-4o", seed=0, check_answer=False)
