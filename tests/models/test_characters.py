"""Texts that no encoder or database accepts are mended on the way to models and into the state."""

from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langgraph.checkpoint.memory import InMemorySaver
from tests.support.models import code, scripted
from tests.support.sandboxes import ScriptedSandbox

from codesteer import Context, create_codesteer
from codesteer.models.characters import valid_text, valid_texts
from codesteer.models.request_adaptation import adapt_messages

HALF, PAIR = "\ud800", "\ud83d\ude00"


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("", ""),
        ("ä 😀", "ä 😀"),
        (f"a{HALF}b", "a�b"),
        (f"{PAIR}", "😀"),
        (f"{PAIR}{HALF}", "😀�"),
        ("\ude00\ud83d", "��"),
        ("4\x002", "4�2"),
    ],
)
def test_invalid_characters_are_replaced(text: str, valid: str) -> None:
    assert valid_text(text) == valid
    assert valid_texts({text: [text, 1, None]}) == {valid: [valid, 1, None]}


@pytest.mark.parametrize("kind", [HumanMessage, AIMessage, SystemMessage])
def test_models_get_valid_texts(kind: Any) -> None:
    whole, parts = adapt_messages(
        [kind(f"a{HALF}"), kind([{"type": "text", "text": f"b{HALF}"}])], frozenset()
    )
    assert (whole.content, parts.content) == ("a�", [{"type": "text", "text": "b�"}])


@pytest.mark.parametrize("invalid", [HALF, "\0"])
@pytest.mark.parametrize("mode", ["text", "code"])
async def test_a_reply_with_invalid_characters_ends_no_run(invalid: str, mode: str) -> None:
    reply = f"It is <<<4{invalid}2>>>" if mode == "text" else code(f"print('<<<42>>>')  # {invalid}")
    guide = scripted(f'{{"action": "{mode}", "guidance": "Think {invalid}"}}', '{"action": "return"}')
    graph = create_codesteer(
        task_model=scripted(reply), guide=guide, sandbox=ScriptedSandbox(f"<<<4{invalid}2>>>")
    )
    result: Any = await graph.compile(checkpointer=InMemorySaver()).ainvoke(
        {"messages": [HumanMessage(f"How many{HALF}?")]},
        {"configurable": {"thread_id": "1"}},
        context=Context(check_answer=False, max_turns=1),
    )
    assert result["answer"] in ("4�2", "42")
    result["messages"][-1].text.encode()
