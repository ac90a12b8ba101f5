"""The conversation around the question, as text that every model accepts."""

import json
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    FunctionMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)

from codesteer.graph.answer_ids import trailing_answers
from codesteer.graph.state import State, question_message
from codesteer.guides.truncation import truncate_middle
from codesteer.models.characters import valid_text
from codesteer.models.message_text import described_text, joined_text
from codesteer.prompts.loader import render

PROGRAM = "program"
"""The key of an answer's metadata that holds the program which computed it."""
SHOWN_PROGRAMS = 3
"""How many earlier answers are shown with their programs; follow-ups refer to recent ones."""
MAX_PROGRAM_CHARACTERS = 1000


def history_messages(state: State) -> list[AnyMessage]:
    """Return the messages before the question as they are, with the files in them.

    Instructions that follow the question count, too: they come after the first ones of the conversation, where every
    provider accepts them.
    """
    place, messages = _place_of_question(state), state["messages"]
    before, late = messages[:place], [m for m in messages[place:] if isinstance(m, SystemMessage)]
    first = next((i for i, m in enumerate(before) if not isinstance(m, SystemMessage)), len(before))
    return [*before[:first], *late, *before[first:]]


def history(state: State) -> list[AnyMessage]:
    """Return the conversation before the question as text, recent answers with their programs.

    Only text is passed on: a model without tools refuses calls of tools and their results, and files and images are
    none of its own question.
    """
    messages = history_messages(state)
    answers = [number for number, message in enumerate(messages) if _program(message)]
    for number in answers[-SHOWN_PROGRAMS:]:
        messages[number] = _with_program(messages[number])
    return _joined(_as_text(messages))


def findings(state: State) -> str:
    """Return what other nodes of an outer graph appended to the question: documents, results of tools, remarks.

    This graph's own answers do not count, except those that a remark refers to.
    """
    after = state["messages"][_place_of_question(state) + 1 :]
    said = [message for message in after if not isinstance(message, SystemMessage)]
    found = said[: len(said) - len(trailing_answers(said, question_message(state)))]
    return "\n\n".join(joined_text(message) for message in _as_text(found))


def conversation(state: State) -> list[AnyMessage]:
    """Return the conversation that the guide sees: what was said before the question, and what was found for it."""
    found = findings(state)
    return [*history(state), *([AIMessage(found)] if found else [])]


def stands_alone(state: State) -> bool:
    """Return whether the question's text is all that was said: nothing before it, and nothing found for it."""
    return not history_messages(state) and not findings(state)


def _place_of_question(state: State) -> int:
    question = question_message(state)
    return next(i for i, message in enumerate(state["messages"]) if message is question)


def _as_text(messages: Iterable[AnyMessage]) -> list[AnyMessage]:
    """Reduce messages to their text; those without any are left out."""
    calls: dict[str, str] = {}
    texts: list[AnyMessage] = []
    for message in messages:
        if isinstance(message, AIMessage):
            calls |= {str(call["id"]): _shown_call(call) for call in message.tool_calls}
        texts.append(_text_message(message, calls))
    return [message for message in texts if joined_text(message).strip()]


def _text_message(message: AnyMessage, calls: Mapping[str, str]) -> AnyMessage:
    if isinstance(message, ToolMessage | FunctionMessage):
        call = calls.get(message.tool_call_id) if isinstance(message, ToolMessage) else None
        result = described_text(message)
        shown = render("task/tool_result", call=call or message.name or "a tool", result=result)
        return AIMessage(valid_text(shown), id=message.id)
    if isinstance(message, AIMessage):
        return AIMessage(valid_text(str(message.text)), id=message.id)
    if isinstance(message, HumanMessage) and not isinstance(message.content, str):
        return HumanMessage(joined_text(message), id=message.id)
    return message


def _shown_call(call: Mapping[str, Any]) -> str:
    arguments = ", ".join(
        f"{name}={json.dumps(value, ensure_ascii=False, default=str)}"
        for name, value in (call["args"] or {}).items()
    )
    return f"{call['name']}({arguments})"


def _joined(messages: Iterable[AnyMessage]) -> list[AnyMessage]:
    """Join the assistant's messages that follow one another: some models insist on taking turns."""
    joined: list[AnyMessage] = []
    for by_assistant, run in groupby(messages, key=lambda message: isinstance(message, AIMessage)):
        group = list(run)
        if by_assistant and len(group) > 1:
            group = [AIMessage("\n\n".join(message.text for message in group), id=group[-1].id)]
        joined += group
    return joined


def _program(message: AnyMessage) -> str:
    program = message.response_metadata.get(PROGRAM) if isinstance(message, AIMessage) else None
    return program if isinstance(program, str) else ""


def _with_program(message: AnyMessage) -> AIMessage:
    program = truncate_middle(_program(message), MAX_PROGRAM_CHARACTERS)
    shown = render("task/earlier_program", answer=str(message.text), program=program)
    return AIMessage(valid_text(shown), id=message.id)
