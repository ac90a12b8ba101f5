"""However a run is started, it may take the steps of its longest run: ``max_turns`` ends it, not a recursion limit."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableConfig, RunnableLambda
from langgraph.errors import GraphRecursionError
from langgraph.graph import START, MessagesState, StateGraph
from tests.support.models import RecordingModel, code
from tests.support.sandboxes import ScriptedSandbox

from codesteer import Context, create_codesteer
from codesteer.graph.builder import RECURSION_LIMIT, CompiledGraph
from codesteer.graph.workflow import compile_graph
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.guides.port import GuideInput

MAX_TURNS = Context.model_fields["max_turns"].metadata[1].le
CONTEXT = Context(max_turns=MAX_TURNS, check_answer=False)
QUESTION = "What is 2 + 2?"
INPUT: Any = {"messages": [HumanMessage(QUESTION)]}
LOW: RunnableConfig = {"recursion_limit": 3}


class Tireless:
    """Never content with an answer."""

    name = "tireless"

    async def decide(self, guide_input: GuideInput) -> Decision:
        del guide_input
        return Decision(action=Action.CODE, mode=Mode.CODE, reason="", guide=self.name)


class SameProgram(RecordingModel):
    def next_reply(self, messages: list[Any]) -> str:
        return code("print(2 + 2)")


def longest() -> CompiledGraph:
    sandbox = ScriptedSandbox(*["4"] * MAX_TURNS)
    return create_codesteer(task_model=SameProgram(), guide=Tireless(), sandbox=sandbox).compile()


def outer(node: Any) -> Any:
    builder = StateGraph(MessagesState, context_schema=Context).add_node("node", node)
    return builder.add_edge(START, "node").compile()


def last(parts: Any) -> Any:
    return list(parts)[-1]


async def streamed(parts: AsyncIterator[Any]) -> Any:
    return [part async for part in parts][-1]


SYNCHRONOUS: dict[str, Callable[[Any], Any]] = {
    "invoke": lambda graph: graph.invoke(INPUT, context=CONTEXT),
    "chain": lambda graph: (ChatPromptTemplate([("user", "{q}")]) | graph.bind(context=CONTEXT)).invoke(
        {"q": QUESTION}
    ),
    "batch": lambda graph: graph.batch([INPUT], context=CONTEXT)[0],
    "lambda": lambda graph: RunnableLambda(lambda given: graph.invoke(given, context=CONTEXT)).invoke(INPUT),
    "stream": lambda graph: last(graph.stream(INPUT, context=CONTEXT, stream_mode="values")),
    "a low limit": lambda graph: graph.invoke(INPUT, LOW, context=CONTEXT),
    "a low limit of its own": lambda graph: graph.with_config(LOW).invoke(INPUT, context=CONTEXT),
    "chained with settings": lambda graph: (
        RunnableLambda(lambda given: given) | graph.with_config(tags=["x"]).bind(context=CONTEXT)
    ).invoke(INPUT),
    "retrying": lambda graph: graph.bind(context=CONTEXT).with_retry().invoke(INPUT),
}


@pytest.mark.parametrize("way", SYNCHRONOUS)
def test_the_longest_run_ends_by_its_turns(way: str) -> None:
    result = SYNCHRONOUS[way](longest())
    assert len(result["turns"]) == MAX_TURNS


ASYNCHRONOUS: dict[str, Callable[[Any], Any]] = {
    "ainvoke": lambda graph: graph.ainvoke(INPUT, LOW, context=CONTEXT),
    "abatch": lambda graph: graph.abatch([INPUT], context=CONTEXT),
    "astream": lambda graph: streamed(graph.astream(INPUT, LOW, context=CONTEXT, stream_mode="values")),
}


@pytest.mark.parametrize("way", ASYNCHRONOUS)
async def test_the_longest_run_ends_by_its_turns_asynchronously(way: str) -> None:
    result = await ASYNCHRONOUS[way](longest())
    result = result[0] if isinstance(result, list) else result
    assert len(result["turns"]) == MAX_TURNS


@pytest.mark.parametrize("config", [None, LOW])
def test_as_a_node_whatever_the_outer_graph_may_take(config: RunnableConfig | None) -> None:
    asked = outer(longest()).batch([INPUT], config, context=CONTEXT)[0]
    assert asked["messages"][-1].text == "4"


def test_a_node_that_calls_the_graph() -> None:
    graph = longest()
    asked = outer(lambda state: graph.invoke(state, context=CONTEXT)).invoke(INPUT, LOW)
    assert asked["messages"][-1].text == "4"


@pytest.mark.parametrize("limit", [1, RECURSION_LIMIT, RECURSION_LIMIT + 1])
def test_a_larger_limit_of_the_caller_counts(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codesteer.graph.builder.RECURSION_LIMIT", 2)
    enough = limit >= RECURSION_LIMIT
    ways: list[Callable[[], Any]] = [
        lambda: longest().invoke(INPUT, {"recursion_limit": limit}, context=CONTEXT),
        lambda: longest().with_config(recursion_limit=limit).invoke(INPUT, context=CONTEXT),
        lambda: outer(longest()).invoke(INPUT, {"recursion_limit": limit}, context=CONTEXT),
    ]
    for run in ways:
        if enough:
            run()
        else:
            with pytest.raises(GraphRecursionError):
                run()


def test_every_way_to_the_compiled_graph_leads_to_one_class() -> None:
    assert type(compile_graph()) is type(longest()) is type(longest().with_config(LOW)) is CompiledGraph
