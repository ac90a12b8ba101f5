"""Follow-ups see the conversation, and the programs that computed recent answers."""

from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langgraph.checkpoint.memory import InMemorySaver
from tests.support.models import code, scripted, texts
from tests.support.sandboxes import ScriptedSandbox

from codesteer import Context, create_codesteer
from codesteer.graph.history import MAX_PROGRAM_CHARACTERS, PROGRAM, SHOWN_PROGRAMS, history

PROGRAM_TEXT = "print(sum(range(10)))"


def conversation(*answers: AIMessage) -> Any:
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
    shown = [message.text for message in history(conversation(*answers)) if isinstance(message, AIMessage)]
    assert shown[:2] == ["0", "1"]
    assert all(f"print({n})" in text for n, text in enumerate(shown[2:], 2))
    assert max(map(len, shown)) < MAX_PROGRAM_CHARACTERS + 200


@pytest.mark.parametrize("program", [None, "", 7, ["print(1)"]])
def test_metadata_of_others_is_no_program(program: object) -> None:
    assert history(conversation(answered("1", program)))[-1].content == "1"


def test_the_thread_itself_stays_as_it_is() -> None:
    state = conversation(answered("1", "print(1)"))
    history(state)
    assert state["messages"][1].content == "1"


def test_instructions_after_the_question_are_kept_with_the_first_ones() -> None:
    said = [SystemMessage("Be brief."), HumanMessage("Hi"), AIMessage("Hello")]
    state: Any = {"messages": [*said, HumanMessage("2 + 2?"), SystemMessage("Answer in French.")]}
    assert [message.text for message in history(state)] == ["Be brief.", "Answer in French.", "Hi", "Hello"]
