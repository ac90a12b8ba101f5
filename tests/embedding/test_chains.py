"""The graph embedded in other programs: in a chain, as an agent's tool, inside another graph."""

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pytest
from langchain.agents import create_agent
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.tools import BaseTool, tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.store.memory import InMemoryStore
from tests.support.models import ScriptedModel, check, code, scripted, texts
from tests.support.sandboxes import ScriptedSandbox, judged

from codesteer import (
    ChatCodeSteer,
    Context,
    ModelUnavailableError,
    create_codesteer,
    create_codesteer_tool,
)
from codesteer.graph.builder import Graph
from codesteer.graph.state import OutputState

SUM = code("result = 12 + 30 + 7\nprint('<<<' + str(result) + '>>>')")
TEST = check("int(answer) == sum([12, 30, 7])", "sum")
PROMPT = ChatPromptTemplate(
    [("system", "Be exact."), ("user", "Calculate the sum of the numbers {numbers}.")]
)
NUMBERS = {"numbers": "12, 30 and 7"}
INPUT: Any = {"messages": [HumanMessage("Calculate the sum of the numbers 12, 30 and 7.")]}
INPUT_WITH_ID: Any = {"messages": [HumanMessage(INPUT["messages"][0].content, id="q")]}
THREAD: Any = {"configurable": {"thread_id": "1"}}


def builder(runs: int = 1, model: ScriptedModel | None = None) -> Graph:
    sandbox = ScriptedSandbox(*("<<<49>>>", "<<<49>>>") * runs)
    return create_codesteer(task_model=model or scripted(*(SUM, SUM) * runs), sandbox=sandbox)


async def test_in_a_chain_between_a_prompt_and_a_parser() -> None:
    model = scripted(SUM, SUM)
    graph: Any = builder(model=model).compile().bind(context=Context(max_turns=2))
    chain = PROMPT | graph | (lambda result: result["messages"][-1]) | StrOutputParser()
    assert await chain.ainvoke(NUMBERS) == "49"
    assert texts(model.asked[0])[0] == "Be exact."


def test_in_a_synchronous_chain() -> None:
    assert (PROMPT | builder().compile().pick("answer") | int).invoke(NUMBERS) == 49


async def test_the_chat_model_in_a_chain() -> None:
    chat = ChatCodeSteer(task_model=scripted(SUM, SUM), sandbox=ScriptedSandbox("<<<49>>>", "<<<49>>>"))
    assert await (PROMPT | chat | StrOutputParser()).ainvoke(NUMBERS) == "49"


def test_the_ready_made_tool_is_called_synchronously() -> None:
    made = create_codesteer_tool(
        task_model=scripted(SUM, SUM), sandbox=ScriptedSandbox("<<<49>>>", "<<<49>>>"), name="adder"
    )
    assert made.invoke({"question": INPUT["messages"][0].content}) == "49"
    assert (made.name, list(made.args)) == ("adder", ["question"])


async def test_the_ready_made_tool_is_called_asynchronously() -> None:
    made = create_codesteer_tool(
        task_model=scripted(SUM, SUM), sandbox=ScriptedSandbox("<<<49>>>", "<<<49>>>")
    )
    assert await made.ainvoke(INPUT["messages"][0].content) == "49"


@pytest.mark.parametrize("question", ["", " \n"])
async def test_an_agent_can_correct_an_empty_question(question: str) -> None:
    made = create_codesteer_tool(task_model=scripted(), sandbox=ScriptedSandbox())
    call = {"name": made.name, "args": {"question": question}, "id": "1", "type": "tool_call"}
    for message in (made.invoke(call), await made.ainvoke(call)):
        assert (message.status, message.tool_call_id) == ("error", "1")
        assert "the question is empty; pass the whole question" in message.text


async def test_other_errors_of_the_tool_are_not_the_agents() -> None:
    made = create_codesteer_tool(
        task_model=scripted(ModelUnavailableError("down")), sandbox=ScriptedSandbox()
    )
    with pytest.raises(ModelUnavailableError, match="down"):
        await made.ainvoke("What is 2 + 2?")


class Agent(ScriptedModel):
    def bind_tools(self, tools: Sequence[Any], **_: Any) -> Any:
        return self


def calling(name: str, **arguments: Any) -> AIMessage:
    return AIMessage("", tool_calls=[{"name": name, "args": arguments, "id": "1"}])


async def test_as_a_tool_of_another_agent() -> None:
    graph = builder().compile()

    @tool
    async def calculate(question: str) -> str:
        """Answer a question that has to be computed."""
        result = await graph.ainvoke({"messages": [HumanMessage(question)]})
        return str(result["answer"])

    await check_agent(calculate, calling("calculate", question="Calculate the sum of 12, 30 and 7."))


async def check_agent(calculate: BaseTool, call: AIMessage) -> None:
    model = Agent(script=[call, "The sum is 49."])
    agent = create_agent(model, [calculate], checkpointer=InMemorySaver())
    result = await agent.ainvoke({"messages": [HumanMessage("How much is it?")]}, THREAD)
    assert [message.text for message in result["messages"][-2:]] == ["49", "The sum is 49."]


class Outer(MessagesState):
    turns: Annotated[list[dict[str, Any]], operator.add]
    answer: str


@pytest.mark.parametrize("memory", [None, True, False])
async def test_as_a_node_of_another_graph_no_turn_is_recorded_twice(memory: Any) -> None:
    inner = builder(runs=2).compile(checkpointer=memory)
    outer = StateGraph(Outer).add_node("codesteer", inner).add_edge(START, "codesteer")
    graph = outer.compile(checkpointer=InMemorySaver())
    result = await graph.ainvoke(INPUT, THREAD)
    assert [turn["number"] for turn in result["turns"]] == [1, 2]
    assert texts(result["messages"])[1:] == ["49"]
    again: Any = {"messages": [HumanMessage("Calculate the sum again: 12 + 30 + 7.")]}
    result = await graph.ainvoke(again, THREAD)
    assert [turn["number"] for turn in result["turns"]] == [1, 2] * 2, "two turns for each of two questions"
    assert texts(result["messages"])[1::2] == ["49", "49"]


def answering(number: int, runs: int = 1) -> Any:
    """Return a graph whose programs print a number."""
    sandbox = ScriptedSandbox(*[f"<<<{number}>>>"] * 2 * runs)
    return create_codesteer(task_model=scripted(*[SUM] * 2 * runs), sandbox=sandbox).compile()


async def test_nodes_side_by_side_each_keep_their_answer_however_often_they_are_asked() -> None:
    outer = StateGraph(MessagesState)
    for name, number in (("one", 1), ("two", 2)):
        outer.add_node(name, answering(number, runs=2)).add_edge(START, name)
    graph = outer.compile(checkpointer=InMemorySaver())
    for _ in range(2):
        result = await graph.ainvoke(INPUT_WITH_ID, THREAD)
        assert sorted(texts(result["messages"])[1:]) == ["1", "2"]


async def test_nodes_one_after_the_other_each_keep_their_answer() -> None:
    outer = StateGraph(MessagesState).add_node("one", answering(1)).add_node("two", answering(2))
    graph = outer.add_edge(START, "one").add_edge("one", "two").compile()
    assert texts((await graph.ainvoke(INPUT_WITH_ID))["messages"])[1:] == ["1", "2"]


async def test_nodes_of_two_inner_graphs_each_keep_their_answer() -> None:
    outer = StateGraph(MessagesState)
    for name, number in (("one", 1), ("two", 2)):
        inner = StateGraph(MessagesState).add_node("solve", answering(number)).add_edge(START, "solve")
        outer.add_node(name, inner.compile()).add_edge(START, name)
    result = await outer.compile().ainvoke(INPUT_WITH_ID)
    assert sorted(texts(result["messages"])[1:]) == ["1", "2"]
    assert [str(message.id) for message in result["messages"]][1:] == [
        "q-answer-one-solve",
        "q-answer-two-solve",
    ]


async def test_nodes_one_after_the_other_on_a_thread_answer_independently() -> None:
    model = scripted(SUM, SUM)
    second = create_codesteer(task_model=model, sandbox=ScriptedSandbox("<<<2>>>", "<<<2>>>")).compile()
    outer = StateGraph(MessagesState).add_node("one", answering(1)).add_node("two", second)
    await outer.add_edge(START, "one").add_edge("one", "two").compile().ainvoke(INPUT_WITH_ID)
    assert len(model.asked[0]) == 1
    assert "Earlier steps" not in texts(model.asked[0])[0]


@dataclass
class OuterContext:
    max_turns: int = 2
    colour: str = "blue"


@pytest.mark.parametrize(
    "context", [{"max_turns": 2, "colour": "blue"}, OuterContext(), Context(max_turns=2)]
)
async def test_its_node_reads_its_settings_from_the_outer_context(context: Any) -> None:
    model = scripted(SUM, SUM, TEST)
    sandbox = ScriptedSandbox("<<<48>>>", "<<<47>>>", judged(lambda _: False))
    inner = create_codesteer(task_model=model, sandbox=sandbox).compile()
    outer = StateGraph(OutputState, context_schema=type(context))
    graph = outer.add_node("codesteer", inner).add_edge(START, "codesteer").compile()
    assert (await graph.ainvoke(INPUT, context=context))["outcome"] == "turn_limit"


async def test_its_node_streams_through_the_outer_graph() -> None:
    outer = StateGraph(OutputState).add_node("codesteer", builder().compile()).add_edge(START, "codesteer")
    stream = outer.compile().astream(INPUT, stream_mode="custom", subgraphs=True)
    parts: list[Any] = [part async for part in stream]
    events = [event["event"] for _, event in parts]
    assert (events[0], events[-1]) == ("guiding", "finished")


@pytest.fixture(params=["memory", "sqlite"])
def saver(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "memory":
        yield InMemorySaver()
    else:
        with SqliteSaver.from_conn_string(str(tmp_path / "runs.sqlite")) as opened:
            yield opened


def test_with_any_checkpointer_and_store_synchronously(saver: Any) -> None:
    graph = builder().compile(checkpointer=saver, store=InMemoryStore())
    assert graph.invoke(INPUT, THREAD)["answer"] == "49"
    assert graph.get_state(THREAD).values["turns"][0]["answer"] == "49"


async def test_with_an_asynchronous_checkpointer(tmp_path: Path) -> None:
    async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "runs.sqlite")) as saver:
        graph = builder().compile(checkpointer=saver, store=InMemoryStore())
        assert (await graph.ainvoke(INPUT, THREAD))["answer"] == "49"
        assert (await graph.aget_state(THREAD)).values["turns"][0]["answer"] == "49"


def reviewed(remark: str, *, rounds: int, **options: Any) -> Any:
    """A loop of two rounds or more: an answer, and a remark on it unless it is empty."""
    model = scripted(*[SUM] * 2 * rounds)
    outer = StateGraph(MessagesState).add_node("solve", builder(rounds, model).compile())
    outer.add_node("critic", lambda _: {"messages": [AIMessage(remark)] if remark else []})

    def again(state: MessagesState) -> str:
        return "solve" if len(model.asked) < 2 * rounds else END

    outer.add_edge(START, "solve").add_edge("solve", "critic").add_conditional_edges("critic", again)
    return outer.compile(**options), model


async def test_an_answer_that_was_replied_to_stays_and_the_models_see_both() -> None:
    graph, model = reviewed("49 lacks a unit.", rounds=3)
    result = await graph.ainvoke(INPUT_WITH_ID)
    assert [
        (str(message.id), message.text) for message in result["messages"] if "answer" in str(message.id)
    ] == [
        ("q-answer-solve", "49"),
        ("q-answer-solve-2", "49"),
        ("q-answer-solve-3", "49"),
    ]
    assert texts(result["messages"])[1:] == ["49", "49 lacks a unit."] * 3
    assert "49\n\n49 lacks a unit." in texts(model.asked[2])[-1]


async def test_without_a_reply_another_answer_replaces_the_one_before() -> None:
    graph, _ = reviewed("", rounds=3)
    assert texts((await graph.ainvoke(INPUT_WITH_ID))["messages"])[1:] == ["49"]


async def test_a_retriever_may_number_what_it_found_like_answers() -> None:
    model = scripted(SUM, SUM)
    found = AIMessage("There are 17 numbers.", id="q-answer-docs")
    given: Any = {"messages": [*INPUT_WITH_ID["messages"], found]}
    result = await builder(model=model).compile().ainvoke(given)
    assert "There are 17 numbers." in texts(model.asked[0])[-1]
    assert texts(result["messages"])[1:] == ["There are 17 numbers.", "49"]
