"""Models see the conversation around the question as text, with the programs that computed recent answers."""

from typing import Any

import pytest
from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)
from langgraph.checkpoint.memory import InMemorySaver
from tests.support.models import code, scripted, texts
from tests.support.sandboxes import ScriptedSandbox

from codesteer import Context, create_codesteer
from codesteer.graph.history import (
    MAX_PROGRAM_CHARACTERS,
    PROGRAM,
    SHOWN_PROGRAMS,
    conversation,
    findings,
    history,
    stands_alone,
)
from codesteer.graph.input_files import question_text

PROGRAM_TEXT = "print(sum(range(10)))"


def asked_after(*answers: AIMessage) -> Any:
    messages = [message for answer in answers for message in (HumanMessage("Add."), answer)]
    return {"messages": [*messages, HumanMessage("And then?")]}


def answered(text: str, program: object) -> AIMessage:
    return AIMessage(text, response_metadata={PROGRAM: program})


async def test_a_follow_up_shows_models_the_program_of_the_answer_before() -> None:
    guide = scripted(*['{"action": "code", "guidance": "Add."}', '{"action": "return"}'] * 2)
    model = scripted(code(PROGRAM_TEXT), code("print(2)"))
    graph = create_codesteer(task_model=model, guide=guide, sandbox=ScriptedSandbox("45", "2"))
    compiled = graph.compile(checkpointer=InMemorySaver())
    thread: Any = {"configurable": {"thread_id": "1"}}
    context = Context(check_answer=False)
    for question in ("Add the numbers below 10.", "And below 20?"):
        result = await compiled.ainvoke({"messages": [HumanMessage(question)]}, thread, context=context)
    assert PROGRAM_TEXT not in "".join(texts(model.asked[0]))
    assert any(PROGRAM_TEXT in text for text in texts(model.asked[-1]))
    assert any(PROGRAM_TEXT in text for text in texts(guide.asked[-1]))
    assert [message.text for message in result["messages"]] == [
        "Add the numbers below 10.",
        "45",
        "And below 20?",
        "2",
    ]


async def test_an_answer_in_text_brings_no_program() -> None:
    guide = scripted('{"action": "text", "guidance": "Think."}', '{"action": "return"}')
    model = scripted("It is 45. <<<45>>>")
    graph = create_codesteer(task_model=model, guide=guide, sandbox=ScriptedSandbox()).compile()
    result = await graph.ainvoke(
        {"messages": [HumanMessage("Add.")]}, context=Context(check_answer=False, max_turns=1)
    )
    assert PROGRAM not in result["messages"][-1].response_metadata


def test_long_programs_are_truncated_and_old_ones_left_out() -> None:
    answers = [answered(str(n), f"print({n})" + "#" * 5000) for n in range(SHOWN_PROGRAMS + 2)]
    shown = [message.text for message in history(asked_after(*answers)) if isinstance(message, AIMessage)]
    assert shown[:2] == ["0", "1"]
    assert all(f"print({n})" in text for n, text in enumerate(shown[2:], 2))
    assert max(map(len, shown)) < MAX_PROGRAM_CHARACTERS + 200


@pytest.mark.parametrize("program", [None, "", 7, ["print(1)"]])
def test_metadata_of_others_is_no_program(program: object) -> None:
    assert history(asked_after(answered("1", program)))[-1].content == "1"


def test_the_thread_itself_stays_as_it_is() -> None:
    state = asked_after(answered("1", "print(1)"))
    history(state)
    assert state["messages"][1].content == "1"


def test_instructions_after_the_question_are_kept_with_the_first_ones() -> None:
    said = [SystemMessage("Be brief."), HumanMessage("Hi"), AIMessage("Hello")]
    state: Any = {"messages": [*said, HumanMessage("2 + 2?"), SystemMessage("Answer in French.")]}
    assert [message.text for message in history(state)] == ["Be brief.", "Answer in French.", "Hi", "Hello"]


CALL = {"name": "weather", "args": {"town": "Köln", "days": [1, 2]}, "id": "1"}
SHOWN_CALL = 'weather(town="Köln", days=[1, 2]) returned:\nsunny'
IMAGE = {"type": "image", "base64": "YQ==", "mime_type": "image/png"}
PLAIN = {"type": "text-plain", "text": "the file", "mime_type": "text/plain"}
SOURCE = {"type": "text", "data": "the source", "media_type": "text/plain"}


def before(*messages: AnyMessage) -> list[tuple[str, object]]:
    state: Any = {"messages": [HumanMessage("Hi"), *messages, HumanMessage("2 + 2?")]}
    return [(message.type, message.content) for message in history(state)[1:]]


@pytest.mark.parametrize(
    ("messages", "seen"),
    [
        (
            [AIMessage("", tool_calls=[CALL]), ToolMessage("sunny", tool_call_id="1"), AIMessage("It is.")],
            [("ai", f"{SHOWN_CALL}\n\nIt is.")],
        ),
        (
            [AIMessage("Let me see.", tool_calls=[CALL]), ToolMessage("sunny", tool_call_id="1")],
            [("ai", f"Let me see.\n\n{SHOWN_CALL}")],
        ),
        ([AIMessage("", tool_calls=[CALL])], []),
        ([AIMessage("Wait.", tool_calls=[CALL]), HumanMessage("No.")], [("ai", "Wait."), ("human", "No.")]),
        ([ToolMessage("17", tool_call_id="9", name="sql")], [("ai", "sql returned:\n17")]),
        ([ToolMessage("17", tool_call_id="9")], [("ai", "a tool returned:\n17")]),
        ([FunctionMessage(content="17", name="sql")], [("ai", "sql returned:\n17")]),
        (
            [ToolMessage([{"type": "text", "text": "17"}, IMAGE], tool_call_id="9")],
            [("ai", "a tool returned:\n17\n[image]")],
        ),
        ([ToolMessage([PLAIN], tool_call_id="9")], [("ai", "a tool returned:\nthe file")]),
        (
            [ToolMessage([{"type": "json", "json": {"ö": 1}}], tool_call_id="9")],
            [("ai", 'a tool returned:\n{"ö": 1}')],
        ),
        (
            [ToolMessage([{"type": "document", "source": SOURCE}], tool_call_id="9")],
            [("ai", "a tool returned:\nthe source")],
        ),
        ([ToolMessage([{"rows": 17}], tool_call_id="9")], [("ai", 'a tool returned:\n{"rows": 17}')]),
        (
            [ToolMessage([{"type": "media", "data": "YQ=="}], tool_call_id="9")],
            [("ai", "a tool returned:\n[media]")],
        ),
        ([AIMessage("half \udc80")], [("ai", "half \ufffd")]),
        ([ToolMessage("half \udc80", tool_call_id="9")], [("ai", "a tool returned:\nhalf \ufffd")]),
        (
            [AIMessage("a \udc80"), AIMessage([{"type": "text", "text": "b \ud800"}])],
            [("ai", "a \ufffd\n\nb \ufffd")],
        ),
        (
            [AIMessage([{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "Hello"}])],
            [("ai", "Hello")],
        ),
        (
            [AIMessage("Hello", additional_kwargs={"function_call": {"name": "f", "arguments": "{}"}})],
            [("ai", "Hello")],
        ),
        ([HumanMessage([{"type": "text", "text": "What is this?"}, IMAGE])], [("human", "What is this?")]),
        ([HumanMessage([IMAGE])], []),
        (
            [HumanMessage([{"type": "audio", "url": "https://host/a.wav"}, "And this?"])],
            [("human", "And this?")],
        ),
        ([HumanMessage(" \n"), AIMessage("")], []),
        ([ChatMessage(content="Be kind.", role="developer")], [("chat", "Be kind.")]),
        ([SystemMessage("Be brief.")], [("system", "Be brief.")]),
    ],
)
def test_the_conversation_is_reduced_to_text(messages: list[AnyMessage], seen: Any) -> None:
    assert before(*messages) == seen


OTHER_NODES = AIMessage("4", id="q-answer-other_node", response_metadata={"outcome": "returned"})


def test_what_has_become_text_has_no_other_trace_of_tools() -> None:
    answer = AIMessage("Hello", tool_calls=[CALL], additional_kwargs={"tool_calls": [{"id": "1"}]})
    (seen,) = history({"messages": [answer, HumanMessage("2 + 2?")]})
    assert isinstance(seen, AIMessage)
    assert (seen.tool_calls, seen.additional_kwargs) == ([], {})


@pytest.mark.parametrize(
    ("messages", "found"),
    [
        ([AIMessage("The table has 17 rows.", name="retriever")], "The table has 17 rows."),
        ([AIMessage("", tool_calls=[CALL]), ToolMessage("sunny", tool_call_id="1")], SHOWN_CALL),
        ([ToolMessage("17", tool_call_id="9"), AIMessage("So 17.")], "a tool returned:\n17\n\nSo 17."),
        ([ChatMessage(content="17 rows", role="critic")], "17 rows"),
        ([AIMessage("", tool_calls=[CALL])], ""),
        ([SystemMessage("Answer in French.")], ""),
        ([AIMessage("4", id="q-answer")], ""),
        ([OTHER_NODES], ""),
        ([AIMessage("4", id="q-answer"), SystemMessage("Be brief.")], ""),
        ([AIMessage("17 rows", id="q-answer-docs")], "17 rows"),
        ([AIMessage("4", id="q-answer"), AIMessage("4 leaves out a row.")], "4\n\n4 leaves out a row."),
        ([AIMessage("5"), AIMessage("4", id="q-answer"), OTHER_NODES], "5"),
        ([AIMessage("No answer to q.", id="p-answer")], "No answer to q."),
    ],
)
def test_what_follows_the_question_reaches_the_models_with_it(messages: Any, found: str) -> None:
    state: Any = {"messages": [HumanMessage("How many rows?", id="q"), *messages]}
    assert findings(state) == found
    assert question_text(state).startswith("How many rows?")
    assert question_text(state).endswith(found or "rows?")
    assert [message.text for message in conversation(state) if message.type == "ai"] == [found] * bool(found)
    assert stands_alone(state) is not (bool(found) or isinstance(messages[-1], SystemMessage))


async def test_a_graph_behind_a_retriever_shows_what_was_found_to_guide_task_model_and_checker() -> None:
    guide = scripted('{"action": "code", "guidance": "Multiply."}', '{"action": "return"}')
    model, checker = scripted(code("print(17 * 3)")), scripted("no check")
    graph = create_codesteer(
        task_model=model, guide=guide, checker_model=checker, sandbox=ScriptedSandbox("51")
    ).compile()
    found = AIMessage("The table has 17 rows and 3 columns.", name="retriever")
    given: Any = {"messages": [HumanMessage("How many cells has the table?"), found]}
    result: Any = await graph.ainvoke(given, context=Context(candidates=1))
    for asked in (guide.asked[0], model.asked[0], checker.asked[0]):
        assert "17 rows and 3 columns" in "".join(texts(asked))
    assert {message.type for message in model.asked[0]} == {"human"}
    assert [message.text for message in result["messages"]][1:] == [found.text, "51"]
