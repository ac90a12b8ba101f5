"""The conversation before the question, as models see it."""

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage

from codesteer.graph.state import FILE_BLOCKS, State, question_message
from codesteer.guides.truncation import truncate_middle
from codesteer.models.message_text import joined_text
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
    question, messages = question_message(state), state["messages"]
    place = next(i for i, m in enumerate(messages) if m is question)
    before, late = messages[:place], [m for m in messages[place:] if isinstance(m, SystemMessage)]
    first = next((i for i, m in enumerate(before) if not isinstance(m, SystemMessage)), len(before))
    return [*before[:first], *late, *before[first:]]


def history(state: State) -> list[AnyMessage]:
    """Return the conversation before the question: without the content of files, recent answers with their programs."""
    messages = [_without_files(message) for message in history_messages(state)]
    answers = [number for number, message in enumerate(messages) if _program(message)]
    for number in answers[-SHOWN_PROGRAMS:]:
        messages[number] = _with_program(messages[number])
    return messages


def _without_files(message: AnyMessage) -> AnyMessage:
    if not isinstance(message, HumanMessage) or isinstance(message.content, str):
        return message
    if all(block["type"] not in FILE_BLOCKS for block in message.content_blocks):
        return message
    return HumanMessage(joined_text(message), id=message.id)


def _program(message: AnyMessage) -> str:
    program = message.response_metadata.get(PROGRAM) if isinstance(message, AIMessage) else None
    return program if isinstance(program, str) else ""


def _with_program(message: AnyMessage) -> AIMessage:
    program = truncate_middle(_program(message), MAX_PROGRAM_CHARACTERS)
    return AIMessage(render("task/earlier_program", answer=message.text, program=program), id=message.id)
